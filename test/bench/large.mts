/**
 * What a save costs in an app of thousands of modules: `node --import tsx test/bench/large.mts [MODULES [KIND [SAVES]]]`, after
 * `npm run build`. Cold boots are taken between the saves, so that both have the same machine.
 */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ServerStatus } from '../../src/shared/model.ts';
import type { SwapSteps } from '../../src/shared/told/steps.ts';
import { freePort } from '../tools/free-port.mts';
import { root } from '../tools/root.mts';
import { answerOf } from './servers/answers.mts';
import { generate, withVersion } from './servers/generated.mts';
import type { Kind } from './servers/generated.mts';

interface Told {
  readonly event: string;
  readonly state?: string;
  readonly origin?: string;
  readonly memory?: number;
}

const [count = '2000', kind = 'commonjs', saves = '5'] = process.argv.slice(2);
const lookMs = 2;
const patienceMs = 60_000;
/** After what is prepared is there, as a person would be. */
const pauseMs = 500;

const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-large-'));
/** Served without running ahead. */
const otherFolder = mkdtempSync(path.join(tmpdir(), 'hot-swap-large-'));
const modules = path.join(root, 'node_modules');
for (const one of [folder, otherFolder]) symlinkSync(modules, path.join(one, 'node_modules'));
const app = generate(folder, Number(count), kind as Kind);
generate(otherFolder, Number(count), kind as Kind);
let version = 1;

function start(command: readonly string[], port: number, cwd = folder): ChildProcess {
  const [file = '', ...args] = command;
  const bin = path.join(root, 'node_modules', '.bin');
  const env = { ...process.env, PORT: String(port), PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  return spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await exit;
}

/** Resolves when the app answers with the latest version, to the milliseconds since `began`. */
async function answers(port: number, began: number): Promise<number> {
  while ((await answerOf(port))?.startsWith(`${version} `) !== true) await sleep(lookMs);
  return performance.now() - began;
}

async function coldBoot(): Promise<number> {
  const port = await freePort();
  const began = performance.now();
  const child = start(app.command, port);
  const took = await answers(port, began);
  await ended(child, 'SIGKILL');
  return took;
}

const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[all.length >> 1] ?? NaN;

interface Served {
  readonly folder: string;
  readonly port: number;
  readonly process: ChildProcess;
  readonly events: Told[];
  /** Says `more` when there is another one. */
  readonly news: EventEmitter;
}

async function serve(cwd: string, options: readonly string[]): Promise<Served> {
  const port = await freePort();
  const cli = path.join(root, 'dist', 'cli.js');
  const served = start([process.execPath, cli, 'run', '--json', ...options, '--', ...app.command], port, cwd);
  const events: Told[] = [];
  const news = new EventEmitter();
  if (served.stdout !== null)
    createInterface(served.stdout).on('line', (line) => {
      if (!line.startsWith('{')) return;
      events.push(JSON.parse(line) as Told);
      news.emit('more');
    });
  return { folder: cwd, port, process: served, events, news };
}

/** True if it came in time. */
async function until({ events, news }: Served, state: string, from: number): Promise<boolean> {
  const signal = AbortSignal.timeout(patienceMs);
  while (!events.slice(from).some((event) => event.event === 'standby' && event.state === state)) {
    if (signal.aborted) return false;
    await once(news, 'more', { signal }).catch(() => undefined);
  }
  return true;
}

const steps = ['released', 'listening', 'ready', 'serving', 'answered'] as const;
type Split = Partial<SwapSteps>;

/** Where the time of its last swap went. */
async function splitOf({ folder: cwd }: Served): Promise<Split> {
  const cli = path.join(root, 'dist', 'cli.js');
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'status', '--json'], { cwd });
  const [status] = JSON.parse(stdout) as ServerStatus[];
  return status?.serving?.steps ?? {};
}

/** Medians, in milliseconds from when the save was noticed. What is not told is left out. */
function described(splits: readonly Split[]): string {
  const named = steps.flatMap((step) => {
    const all = splits.flatMap((split) => split[step] ?? []);
    return all.length === 0 ? [] : [`${step} ${median(all).toFixed(0)}`];
  });
  return ['noticed 0', ...named].join(' → ');
}

/** The next version, or once more the latest one in another copy. */
async function save(
  served: Served,
  file: string,
  isNext = true,
): Promise<{ readonly took: number; readonly origin: string }> {
  if (isNext) version += 1;
  const at = path.join(served.folder, file);
  const text = withVersion(readFileSync(at, 'utf8'), version);
  const from = served.events.length;
  const began = performance.now();
  writeFileSync(at, text);
  const took = await answers(served.port, began);
  // The answer may be here before the word of it.
  for (;;) {
    const starting = served.events.slice(from).find(({ event }) => event === 'starting');
    if (starting !== undefined) return { took, origin: starting.origin ?? '' };
    await once(served.news, 'more');
  }
}

const server = await serve(folder, []);
const other = await serve(otherFolder, ['--no-run-ahead']);
await answers(server.port, 0);
await answers(other.port, 0);
await until(server, 'warm', 0);
await until(other, 'warm', 0);
for (const [where, file] of Object.entries(app.saved).reverse()) {
  const took: number[] = [];
  const without: number[] = [];
  const cold: number[] = [];
  const origins: string[] = [];
  const splits: Split[] = [];
  const otherSplits: Split[] = [];
  await sleep(pauseMs);
  let from = server.events.length;
  let otherFrom = other.events.length;
  const first = await save(server, file); // of a file that nobody has worked on before
  await save(other, file, false);
  for (let i = 0; i < Number(saves); i += 1) {
    await until(server, 'ahead', from);
    await until(other, 'warm', otherFrom);
    cold.push(await coldBoot());
    await sleep(pauseMs);
    from = server.events.length;
    const one = await save(server, file);
    took.push(one.took);
    origins.push(one.origin);
    splits.push(await splitOf(server));
    await until(server, 'ahead', from);
    await sleep(pauseMs);
    otherFrom = other.events.length;
    without.push((await save(other, file, false)).took);
    otherSplits.push(await splitOf(other));
  }
  const memory = server.events.findLast(({ state }) => state === 'ahead')?.memory ?? 0;
  const [usual, standby, boot] = [median(took), median(without), median(cold)];
  console.log(
    `${count} ${kind}, ${where} module: ${usual.toFixed(0)} ms, cold boot ${boot.toFixed(0)} ms: ${(usual / boot).toFixed(3)} ` +
      `(${origins.join(' ')}; run ahead ${(memory / 2 ** 20).toFixed(0)} MB); ` +
      `from standby ${standby.toFixed(0)} ms: ${(standby / boot).toFixed(3)}. ` +
      `The first save of it: ${first.took.toFixed(0)} ms: ${(first.took / boot).toFixed(3)} (${first.origin})\n` +
      `  a file being worked on: ${described(splits)}\n  any other: ${described(otherSplits)}`,
  );
}
await ended(server.process, 'SIGTERM');
await ended(other.process, 'SIGTERM');
for (const one of [folder, otherFolder]) rmSync(one, { recursive: true });
