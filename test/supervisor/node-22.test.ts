import { nodeMajors } from '../tools/node-versions.mts';
import { testCommands } from './node-commands.ts';

if (nodeMajors.includes(22)) testCommands(22);
