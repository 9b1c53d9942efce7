/** A program that ends by itself, run by Node alone, and run ahead up to one of its files, and then released. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { nodeOptionsWith } from '../../src/runtimes/node/node-options.ts';
import { nothingToLoad } from '../../src/runtimes/node/own-words.ts';
import type { LoadedModule, NodeStandby, StandbyPlan } from '../../src/runtimes/node/own-words.ts';
import { node as nodeRuntime } from '../../src/runtimes/node/runtime.ts';
import { parseMessage, splitLines } from '../../src/runtimes/protocol/lines.ts';
import { invitationVariable, version } from '../../src/runtimes/protocol/messages.ts';
import type { RanAhead, StandbyReport } from '../../src/runtimes/protocol/standby.ts';
import { cleanEnvironment, root } from './running.ts';

/** Path in its folder → content. */
export type Files = Readonly<Record<string, string>>;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** All that is in its folder afterwards. */
  readonly files: Files;
}

export interface RanAheadToo extends Ran {
  /** What it had used when it waited. */
  readonly ahead: RanAhead;
  /** What was in its folder then. */
  readonly filesThen: Files;
}

export interface Program {
  readonly node: string;
  readonly files: Files;
  /** Relative to its folder. */
  readonly main: string;
  readonly args?: readonly string[];
  /** Of each of its files, those that it loads. Absent: all. */
  readonly needs?: Readonly<Record<string, readonly string[]>>;
  /** See `StandbyPlan`. */
  readonly apartFirst?: boolean;
}

/** It came to an end before there was anything to wait for, or waited before all of its modules. */
export class DidNotWait extends Error {
  readonly ran: Ran;

  constructor(ran: Ran) {
    super(`it did not wait: ${ran.stderr}`);
    this.ran = ran;
  }
}

export async function runCold({ node, files, main, args = [] }: Program): Promise<Ran> {
  const folder = folderWith(files);
  const child = spawn(node, [path.join(folder, main), ...args], {
    cwd: folder,
    env: environmentIn(folder),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return await ending(child, folder);
}

/** `stop`: relative to its folder. `meanwhile`: called while the process waits, to change files. */
export async function runAhead(
  { node, files, main, args = [], needs, apartFirst }: Program,
  stop: string,
  meanwhile: (change: (file: string, content: string) => void) => void = () => undefined,
): Promise<RanAheadToo> {
  const folder = folderWith(files);
  const ours = mkdtempSync(path.join(tmpdir(), 'hot-swap-ahead-'));
  const plan = path.join(ours, 'plan.json');
  const isEsModule = main.endsWith('.mjs');
  const whole: StandbyPlan = {
    ...nothingToLoad,
    commonJsMain: !isEsModule,
    stops: [path.join(folder, stop)],
    graph: graphOf(Object.keys(files), main, folder, needs),
    apartFirst,
  };
  writeFileSync(plan, JSON.stringify(whole));
  const by = isEsModule ? 'import' : 'require';
  const own: NodeStandby = { main: path.join(folder, main), flags: [], by, plan };
  nodeRuntime.install(path.join(root, 'dist'), ours);
  const invitation = {
    v: version,
    control: '/nowhere',
    token: '',
    generation: 0,
    doors: ours,
    handles: 3,
    listeners: {},
    journal: path.join(ours, 'journal'),
    standby: { fd: 4, own },
  };
  const child = spawn(node, [path.join(folder, main), ...args], {
    cwd: folder,
    env: {
      ...environmentIn(folder),
      NODE_OPTIONS: nodeOptionsWith('', path.join(ours, 'preload.js'), isEsModule),
      [invitationVariable]: JSON.stringify(invitation),
    },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const gate = child.stdio[4] as Duplex;
  const ended = ending(child, folder);
  const ahead = await new Promise<RanAhead | undefined>((resolve, reject) => {
    gate.setEncoding('utf8').on(
      'data',
      splitLines((line) => {
        const report = parseMessage(line) as StandbyReport | undefined;
        if (report?.ahead === undefined && !isEsModule) reject(new Error(`it waits before the app: ${line}`));
        else resolve(report?.ahead);
      }),
    );
    void ended.then((ran) => {
      reject(new DidNotWait(ran));
    });
  });
  const filesThen = filesIn(folder);
  const changed: string[] = [];
  meanwhile((file, content) => {
    const at = path.join(folder, file);
    writeFileSync(at, content);
    if (ahead?.forgettable?.includes(at) === true) changed.push(at);
  });
  gate.write(`${JSON.stringify({ type: 'go', generation: 1, changed })}\n`);
  const ran = await ended;
  rmSync(ours, { recursive: true });
  if (ahead === undefined) throw new DidNotWait(ran);
  return { ...ran, ahead: shortened(ahead, folder), filesThen };
}

/** As if each had loaded all of the others, unless it is known. */
function graphOf(
  files: readonly string[],
  main: string,
  folder: string,
  needs: Program['needs'],
): LoadedModule[] {
  const code = files.filter((file) => /\.(?:[cm]?js|json|ts)$/.test(file));
  return code.map((file) => ({
    id: file.endsWith('.mjs') ? pathToFileURL(path.join(folder, file)).href : path.join(folder, file),
    own: true,
    needs: (needs?.[file] ?? code).map((one) => code.indexOf(one)),
    ...(file === main ? { isMain: true as const } : {}),
  }));
}

function shortened(ahead: RanAhead, folder: string): RanAhead {
  const short = (places: readonly string[]): string[] =>
    places.map((place) => place.replace(`${folder}/`, ''));
  const { read, listed, asked, before, apart, forgettable } = ahead;
  return {
    read: short(read),
    listed: short(listed),
    asked: short(asked),
    before: before.replace(`${folder}/`, ''),
    apart,
    forgettable: forgettable && short(forgettable),
  };
}

function environmentIn(folder: string): NodeJS.ProcessEnv {
  return { ...cleanEnvironment(), PWD: folder };
}

function ending(child: ChildProcess, folder: string): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const plain = (text: string): string =>
    text.replaceAll(folder, '<app>').replaceAll(/\(node:\d+\)/g, '(node)');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout: plain(stdout), stderr: plain(stderr), files: filesIn(folder) });
      rmSync(folder, { recursive: true });
    });
  });
}

function folderWith(files: Files): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-app-'));
  for (const [file, content] of Object.entries(files)) {
    const at = path.join(folder, file);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, content);
  }
  return folder;
}

function filesIn(folder: string): Files {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files
      .sort()
      .map((file) => [path.relative(folder, file), readFileSync(file, 'utf8').replaceAll(folder, '<app>')]),
  );
}
