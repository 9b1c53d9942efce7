import { testCommands } from './node-commands.ts';

testCommands(26);
