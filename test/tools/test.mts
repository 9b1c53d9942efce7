/**
 * `npm test`: its parts, some of them side by side, with how long each took; `npm test -- unit e2e` runs some of them, and
 * with `all` what takes long, too. Ends where one has failed.
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
  types: ['npm', 'run', '--silent', 'check:types'],
  lint: ['npm', 'run', '--silent', 'check:lint'],
  format: ['npm', 'run', '--silent', 'check:format'],
  prepare: [...node, 'test/tools/prepare.mts'],
  unit: runner('unit', '.test.ts'),
  // Most of the time they wait; those that look at the whole machine look at their own processes in it.
  supervisor: runner('supervisor', '.test.ts', 3),
  editor: [...node, 'test/editor/run.mts'],
  e2e: runner('e2e', '.test.mts', 1),
  // It looks at processes as only Linux shows them.
  ...(process.platform === 'linux' && { compat: [...node, 'test/compat/main.mts', '--ci'] }),
};

/** In turn; side by side what keeps one processor busy, or waits for the network. */
const stages = [
  ['types', 'lint', 'format', 'prepare', 'unit'],
  ['supervisor'],
  ['editor'],
  ['e2e'],
  ['compat'],
];

/** Other people's servers: what they need is installed anew. */
const onlyInAll = ['compat'];

const all = process.argv.includes('all');
const named = process.argv.slice(2).filter((name) => name !== 'all');
const unknown = named.filter((name) => parts[name] === undefined);
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}: ${Object.keys(parts).join(', ')}, or all`);
  process.exit(2);
}
const usual = Object.keys(parts).filter((name) => all || !onlyInAll.includes(name));
const asked = named.length > 0 ? named : usual;

const took: string[] = [];
const began = performance.now();
for (const stage of stages) {
  const names = stage.filter((name) => asked.includes(name));
  const passed = await Promise.all(names.map((name) => part(name, names.length === 1 ? 'inherit' : 'pipe')));
  if (passed.includes(false)) break;
}
console.log(`\n${took.join('\n')}\n${seconds(began)} s in all`);

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(0);
}

/** Resolves to whether it passed. What is piped is shown at its end. */
async function part(name: string, output: 'inherit' | 'pipe'): Promise<boolean> {
  if (output === 'inherit') console.log(`\n── ${name}`);
  const start = performance.now();
  const code = await run(parts[name] ?? [], output);
  const line = `${name} ${code === 0 ? 'passed' : 'FAILED'} in ${seconds(start)} s`;
  took.push(line);
  console.log(`── ${line}`);
  if (code !== 0) process.exitCode = 1;
  return code === 0;
}

/** Resolves to its exit code. Whoever ends us, ends it. */
function run([program = '', ...args]: readonly string[], output: 'inherit' | 'pipe'): Promise<number> {
  const env = { ...process.env, ...(all && { HOT_SWAP_TEST_ALL: '1' }) };
  const child = spawn(program, args, { cwd: root, env, stdio: ['inherit', output, output], detached: true });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (some: Buffer) => printed.push(some));
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
    child.once('close', (code) => {
      for (const signal of signals) process.off(signal, end);
      process.stdout.write(Buffer.concat(printed));
      resolve(code ?? 1);
    });
  });
}
