/** The same program with and without us: what it prints and how it ends has to be the same. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { nodeBinary } from '../tools/node-versions.mts';
import type { NodeMajor } from '../tools/node-versions.mts';
import { cleanEnvironment, Running } from './running.ts';

export interface Program {
  readonly files: Readonly<Record<string, string>>;
  /** `node` is the one of the version asked for. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Both streams as one, and what the system says of the end. */
interface Ending {
  readonly output: readonly string[];
  readonly code: number | null;
  readonly signal: string | null;
}

/** Runs a program that ends by itself both ways, in the same folder and on the same port; returns its output. */
export async function assertSame(t: TestContext, major: NodeMajor, program: Program): Promise<string> {
  const PATH = `${path.dirname(await nodeBinary(major))}:${process.env['PATH'] ?? ''}`;
  const env = { ...program.env, PATH };
  const app = await Running.start(t, { ...program, env });
  const { exitCode: code, signal } = await app.retired(1);
  await app.stop();
  const ours = { output: app.output.split('\n'), code, signal };
  const bare = await run(program.command, app.folder, {
    ...cleanEnvironment(),
    ...env,
    PORT: String(app.port),
    TEST_FOLDER: app.folder,
    PWD: app.folder, // as in a terminal
  });
  assert.deepEqual(ours, bare);
  return ours.output.join('\n');
}

function run(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ending> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ output: output.split('\n'), code, signal });
    });
  });
}
