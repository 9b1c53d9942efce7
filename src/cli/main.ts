/** The CLI's process. */
import { parseCommandLine, usage, UsageError } from './arguments.ts';
import { status, stop, swap, wait } from './commands.ts';
import { run } from './run.ts';

async function main(): Promise<number> {
  const command = parseCommandLine(process.argv.slice(2), process.cwd());
  switch (command.command) {
    case 'help':
      process.stdout.write(usage);
      return 0;
    case 'run':
      return await run(command);
    case 'swap':
      return await swap({ ...command, command: 'swap' });
    case 'wait':
      return await wait(command);
    case 'stop':
      return await stop({ ...command, command: 'stop' });
    case 'status':
      return await status(command);
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`hot-swap: ${(error as Error).message}\n`);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
