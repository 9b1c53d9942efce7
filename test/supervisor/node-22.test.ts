import { everything } from '../tools/everything.mts';
import { testCommands } from './node-commands.ts';

if (everything) testCommands(22);
