/**
 * `npm test`: every part in turn, with how long each took; `npm test -- unit e2e` runs some of them. Ends at the first
 * part that fails.
 *
 * Each part is a session of its own. Linux shares the processors out by session (sched(7), "The autogroup feature"), so
 * that what else runs in this terminal takes no more than its half.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mts';

const node = ['node', '--import', 'tsx'];

/** A test that takes so long (ms) hangs: it bounds the damage, and judges nothing. */
const hangs = 40 * 60_000;

function runner(folder: string, suffix: string, concurrency?: number): string[] {
  const files = readdirSync(join(root, 'test', folder)).filter((file) => file.endsWith(suffix));
  return [
    ...node,
    '--test',
    '--test-reporter=spec',
    `--test-timeout=${hangs}`,
    ...(concurrency === undefined ? [] : [`--test-concurrency=${concurrency}`]),
    ...files.sort().map((file) => join('test', folder, file)),
  ];
}

const parts: Readonly<Record<string, readonly string[]>> = {
  check: ['npm', 'run', '--silent', 'check'],
  prepare: [...node, 'test/tools/prepare.mts'],
  unit: runner('unit', '.test.ts'),
  // Most of the time they wait; those that look at the whole machine look at their own processes in it.
  supervisor: runner('supervisor', '.test.ts', 2),
  editor: [...node, 'test/editor/run.mts'],
  e2e: runner('e2e', '.test.mts', 1),
  // It looks at processes as only Linux shows them.
  ...(process.platform === 'linux' && { compat: [...node, 'test/compat/main.mts', '--ci'] }),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => parts[name] === undefined);
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}: ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}

const took: string[] = [];
for (const [name, command] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n── ${name}`);
  const began = performance.now();
  const code = await run(command);
  const line = `${name} ${code === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - began) / 1000).toFixed(0)} s`;
  took.push(line);
  console.log(`── ${line}`);
  if (code !== 0) process.exitCode = 1;
  if (code !== 0) break;
}
console.log(`\n${took.join('\n')}`);

/** Resolves to its exit code. Whoever ends us, ends it. */
function run([program = '', ...args]: readonly string[]): Promise<number> {
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', detached: true });
  const end = (signal: NodeJS.Signals): void => {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, end);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`can't run ${program}: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code) => {
      for (const signal of signals) process.off(signal, end);
      resolve(code ?? 1);
    });
  });
}
