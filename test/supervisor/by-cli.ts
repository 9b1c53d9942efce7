/** A server under a `hot-swap run` of its own, with a supervisor of its own. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { HandoffEvent } from '../../src/shared/model.ts';
import { cli } from './running.ts';
import type { Run } from './running.ts';

export const runByCli: Run = (args, { cwd, env, node }, hearer) => {
  const process = spawn(node, [cli, ...args], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  createInterface({ input: process.stdout }).on('line', (line) => {
    hearer.event(JSON.parse(line) as HandoffEvent);
  });
  process.stderr.setEncoding('utf8').on('data', (text: string) => {
    hearer.output(text);
  });
  return {
    process,
    workspace: cwd,
    exited: new Promise((resolve) => process.once('close', resolve)),
    swap: () => process.kill('SIGUSR2'),
    stop: (signal) => {
      if (process.exitCode === null && process.signalCode === null) process.kill(signal);
    },
  };
};
