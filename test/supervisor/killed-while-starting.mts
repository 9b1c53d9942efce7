/** Starts a command that ignores signals, as the supervisor does, and is killed before it knows that it has. */
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { systemClock } from '../../src/shared/clock.ts';

const { spawn } = childProcess;
const [cwd = '/', ...words] = process.argv.slice(2);
childProcess.spawn = ((...given: Parameters<typeof spawn>) => {
  const child = spawn(...given);
  if (given[2].cwd === cwd) process.kill(process.pid, 'SIGKILL');
  return child;
}) as typeof spawn;
syncBuiltinESMExports();

const { CommandProcess } = await import('../../src/supervisor/processes/command-process.ts');
const env = { PATH: process.env['PATH'] ?? '' };
const nothing = (): void => undefined;
new CommandProcess(
  { script: 'exec "$@"', words, cwd, env, stdio: ['pipe', 'pipe', 'pipe', 'guard'] },
  systemClock,
  { output: nothing, spawnFailed: nothing, exited: nothing },
);
