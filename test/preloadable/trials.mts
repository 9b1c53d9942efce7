/** Tries apps under a supervisor: generation 1 is cold, generation 2 comes from the standby. Both tell what they saw. */
import { isDeepStrictEqual } from 'node:util';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { attach } from '../../src/client/attach.ts';
import type { Attached } from '../../src/client/attach.ts';
import { specDefaults } from '../../src/shared/spec.ts';
import type { HandoffEvent } from '../../src/shared/model.ts';
import * as rpc from '../../src/shared/rpc.ts';
import { freePort } from '../tools/free-port.mts';
import { atTheEnd, removeFolder } from '../tools/leave-nothing-behind.mts';
import { root } from '../tools/root.mts';
import { commandOf, filesOf, nameOf } from './subject.mts';
import type { Subject } from './subject.mts';

/**
 * `preloaded`: nothing is left for the app to load. `leftOut`: something is. `differs`: and that should not be. `fails`: it
 * does not even start from cold (it wants something else to be there), and counts as nothing.
 */
export type Outcome = 'preloaded' | 'leftOut' | 'differs' | 'fails';

export interface Result extends Subject {
  readonly outcome: Outcome;
  /** Modules that are warm. */
  readonly modules: number;
  /** As the user gets it told. */
  readonly leftOut: readonly string[];
  /** What is not as from cold, or why it fails. */
  readonly because: readonly string[];
}

/** For each of its steps, on a busy machine. */
const patienceMs = 180_000;
const mostDifferences = 5;
/** Two generations have other numbers of each, standby or not: the second one has inherited a listener. */
const otherInAny = new Set(['descriptors', 'resources']);

/** Without what else there may be for Node. */
function bare(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  Reflect.deleteProperty(env, 'NODE_OPTIONS');
  return env;
}

export class Trials {
  private readonly removed = atTheEnd(() => removeFolder(this.folder));
  private readonly events: HandoffEvent[] = [];
  private readonly watchers = new Set<() => void>();
  private count = 0;

  private constructor(
    private readonly folder: string,
    private readonly attached: Attached,
    private readonly packages: ReadonlyMap<string, string>,
  ) {
    attached.connection.onNotification(rpc.didHappen, (event) => {
      this.events.push(event);
      for (const watcher of [...this.watchers]) watcher();
    });
  }

  /** `packages`: name → folder. */
  static async begin(packages: ReadonlyMap<string, string>): Promise<Trials> {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'hot-swap-preloadable-')));
    const attached = await attach({
      workspace: folder,
      client: 'editor',
      launch: {
        node: process.execPath,
        script: path.join(root, 'dist', 'supervisor.js'),
        env: bare(),
        graceMs: 1000,
      },
    });
    if (attached === undefined) throw new Error('no supervisor has started');
    return new Trials(folder, attached, packages);
  }

  async end(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.attached.onClose(resolve));
    await this.attached.connection.sendRequest(rpc.shutdown);
    await closed;
    removeFolder(this.folder);
    this.removed();
  }

  async try(subject: Subject): Promise<Result> {
    const name = `trial${++this.count}`;
    const cwd = path.join(this.folder, name);
    const port = await freePort();
    this.write(cwd, subject);
    const env = { ...bare(), PORT: String(port) } as Record<string, string>;
    const { connection } = this.attached;
    await connection.sendRequest(rpc.define, {
      ...specDefaults,
      name,
      cwd,
      env,
      command: commandOf(subject),
      watchDisk: false,
      runAhead: false,
      readyTimeoutMs: patienceMs,
    });
    try {
      return { ...subject, ...(await this.compare(name, cwd, port, subject.form === 'import')) };
    } catch (error) {
      return { ...subject, outcome: 'fails', modules: 0, leftOut: [], because: [(error as Error).message] };
    } finally {
      await connection.sendRequest(rpc.stop, { server: name, signal: 'SIGKILL' });
      rmSync(cwd, { recursive: true, force: true });
    }
  }

  private async compare(
    server: string,
    cwd: string,
    port: number,
    isImporting: boolean,
  ): Promise<Omit<Result, keyof Subject>> {
    const { connection } = this.attached;
    const started = await connection.sendRequest(rpc.start, { server });
    if (started.outcome !== 'swapped') throw new Error(`does not start: ${reasonOf(started)}`);
    const cold = await seenAt(port, cwd);
    const isOf = (event: HandoffEvent): boolean => event.server === server;
    const warm = await this.happened(
      (event) => isOf(event) && event.event === 'standby' && event.state === 'warm',
    );
    const { leftOut, modules } = warm as { leftOut: readonly string[]; modules: number };
    const swapped = await connection.sendRequest(rpc.swap, {
      server,
      cause: { kind: 'command', files: [], at: Date.now() },
    });
    const what = { modules, leftOut };
    if (swapped.outcome !== 'swapped') return { ...what, outcome: 'differs', because: [reasonOf(swapped)] };
    const serving = this.events.findLast((event) => isOf(event) && event.event === 'serving');
    if (serving?.event !== 'serving' || !serving.standby)
      return { ...what, outcome: 'differs', because: ['its generation did not come from the standby'] };
    const because = differences(cold, await seenAt(port, cwd), isImporting);
    const outcome = because.length > 0 ? 'differs' : leftOut.length > 0 ? 'leftOut' : 'preloaded';
    return { ...what, outcome, because };
  }

  private write(cwd: string, subject: Subject): void {
    for (const [file, content] of Object.entries(filesOf(subject))) {
      const at = path.join(cwd, file);
      mkdirSync(path.dirname(at), { recursive: true });
      writeFileSync(at, content);
    }
    for (const name of subject.packages) {
      const link = path.join(cwd, 'node_modules', name);
      const folder = this.packages.get(name);
      if (folder === undefined) throw new Error(`${name} is not installed, of ${nameOf(subject)}`);
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(folder, link);
    }
  }

  /** Resolves to an event that matches, when it comes. */
  private happened(matches: (event: HandoffEvent) => boolean): Promise<HandoffEvent> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.watchers.delete(look);
      };
      const look = (): void => {
        const found = this.events.find(matches);
        if (found === undefined) return;
        end();
        resolve(found);
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error('no standby was warm in time'));
      }, patienceMs);
      this.watchers.add(look);
      look();
    });
  }
}

type CachedModule = readonly [file: string, id: string, loaded: boolean, parent: unknown, children: unknown];

/**
 * README, Limits: who loads what of CommonJS that several ES modules import, Node decides before any of them runs, and a
 * standby one after the other.
 */
function withoutPlace([file, id, loaded]: CachedModule): unknown {
  return [file, id, loaded];
}

/** By an ES module; that may itself have been required. */
function isImported([, id, , parent]: CachedModule): boolean {
  return id !== '.' && (parent === null || parent === undefined);
}

type Seen = Map<string, unknown>;

/** Fact by fact, each with a name. */
async function seenAt(port: number, folder: string): Promise<Seen> {
  const text = (await bodyAt(port)).replaceAll(folder, '<app>');
  const { notes, modules } = JSON.parse(text) as {
    notes: Record<string, unknown>[];
    modules: CachedModule[];
  };
  const facts = new Map<string, unknown>([['modules', modules]]);
  for (const { what, ...note } of notes)
    for (const [name, value] of Object.entries(note))
      if (!otherInAny.has(name)) facts.set(`${name} at ${String(what)}`, withoutPrivate(name, value));
  return facts;
}

/** Of all that is on the objects which everybody shares. */
const namesOf = new Set(['globals', 'allGlobals', 'extended']);

/** README, Limits: a name that a package keeps for itself may be there before the package is. */
function withoutPrivate(name: string, value: unknown): unknown {
  if (!namesOf.has(name)) return value;
  if (!Array.isArray(value)) return value;
  const kept = value.filter((one) => typeof one !== 'string' || !/^(?:Symbol\(|__)/.test(one));
  const each = kept.map((one) => withoutPrivate(name, one));
  // Where a name is among those of a builtin nobody sees who does not list them.
  return name === 'globals' || !each.every((one) => typeof one === 'string') ? each : each.sort();
}

function differences(cold: Seen, standby: Seen, isImporting: boolean): string[] {
  const all = cold.get('modules') as CachedModule[];
  if (isImporting || all.some(isImported)) {
    for (const seen of [cold, standby])
      seen.set('modules', (seen.get('modules') as CachedModule[]).map(withoutPlace));
  }
  const names = [...new Set([...cold.keys(), ...standby.keys()])];
  const other = names.filter((name) => !isDeepStrictEqual(cold.get(name), standby.get(name)));
  return other
    .slice(0, mostDifferences)
    .map((name) => `${name}: ${difference(cold.get(name), standby.get(name))}`);
}

/** Where lists differ, only by what. */
function difference(cold: unknown, standby: unknown): string {
  const pieces = (value: unknown): string[] =>
    (Array.isArray(value) ? value : [value]).map((one) => JSON.stringify(one ?? null));
  const [before, after] = [pieces(cold), pieces(standby)];
  const only = (one: readonly string[], other: readonly string[]): string =>
    one
      .filter((piece) => !other.includes(piece))
      .slice(0, mostDifferences)
      .join(' ') || 'the same in another order';
  return `cold ${only(before, after)}; from standby ${only(after, before)}`.slice(0, 600);
}

function reasonOf(outcome: object): string {
  const { failure } = outcome as { readonly failure?: object };
  return JSON.stringify(failure ?? outcome).slice(0, 600);
}

function bodyAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ port, host: '127.0.0.1', agent: false, timeout: patienceMs }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.once('end', () => resolve(body));
    });
    request.once('timeout', () => request.destroy(new Error('it does not answer')));
    request.once('error', reject);
  });
}
