/** Observes an app in its second generation, cold or from standby, and compares. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, symlinkSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { root, Running } from '../running.ts';
import type { Answer } from '../running.ts';
import { swap, warm } from '../standby-apps.ts';
import type { EquivalenceApp } from './app.ts';

export interface Observed {
  readonly standby: boolean;
  readonly modules: number;
  readonly leftOut: readonly string[];
  /** Each is named after what it tells. */
  readonly facts: ReadonlyMap<string, unknown>;
}

/** What getting ready for the next swap has under way for a turn of the event loop. */
const passing = /^(?:Immediate|ConnectWrap|\w*WriteWrap)$/;

/** The second generation, after an edit. */
export async function observe(
  t: TestContext,
  app: EquivalenceApp,
  modules: string,
  standby: boolean,
  node: string,
): Promise<Observed> {
  const running = await Running.start(t, {
    standby: true,
    files: app.files('v1'),
    command: app.command,
    env: { PATH: `${path.dirname(node)}:${process.env['PATH'] ?? ''}`, ...app.env },
    options: standby ? ['--no-watch'] : ['--no-watch', '--no-standby'],
    prepare: (folder) => linkPackages(folder, modules),
  });
  await running.serving(1);
  const { modules: count, leftOut } = standby ? await warm(running) : { modules: 0, leftOut: [] };
  const old = app.files('v1');
  for (const [file, content] of Object.entries(app.files('v2')))
    if (content !== old[file]) running.write(file, content);
  const serving = await swap(running);
  const booted = (await seenBy(running)).notes.length;
  const facts = new Map<string, unknown>();
  for (const asking of app.requests) {
    const { method = 'GET', path: at, headers = {}, body } = asking;
    facts.set(
      `${method} ${at} ${body ?? ''}`,
      normal(running, await running.get(at, { method, headers: { connection: 'close', ...headers } }, body)),
    );
  }
  const seen = await seenBy(running);
  seen.notes.forEach(({ what, descriptors, resources, ...note }, i) => {
    // Later, a copy of the listener is there as soon as the next standby is warm, which is not asked about here.
    const isBooting = i < booted;
    if (isBooting) facts.set(`descriptors at ${i}: ${what}`, descriptors);
    const lasting = resources.filter((kind) => isBooting || !passing.test(kind));
    facts.set(`resources at ${i}: ${what}`, lasting);
    for (const [name, value] of Object.entries(note)) {
      facts.set(`${name} at ${i}: ${what}`, namesOf.has(name) ? withoutPrivate(value) : value);
    }
  });
  facts.set('modules', seen.modules);
  await running.stop();
  facts.set('output', plain(running, running.output).replaceAll(/\(node:\d+\)/g, '(node)'));
  return { standby: serving.standby, modules: count, leftOut, facts };
}

/** Of all that is on the objects which everybody shares. */
const namesOf = new Set(['globals', 'allGlobals', 'extended']);

/** README, Limits: a name that a package keeps for itself may be there before the package is. */
function withoutPrivate(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.filter((one) => typeof one !== 'string' || !/^(?:Symbol\(|__)/.test(one)).map(withoutPrivate);
}

interface Note extends Readonly<Record<string, unknown>> {
  readonly what: string;
  readonly resources: readonly string[];
}

interface Seen {
  readonly notes: readonly Note[];
  readonly modules: readonly unknown[];
}

async function seenBy(running: Running): Promise<Seen> {
  return JSON.parse(plain(running, (await running.get('/seen')).body)) as Seen;
}

/** Fact by fact, so that a difference has a name. */
export function assertSame(standby: Observed, cold: Observed): void {
  const differences: string[] = [];
  for (const name of new Set([...cold.facts.keys(), ...standby.facts.keys()])) {
    try {
      assert.deepEqual(standby.facts.get(name), cold.facts.get(name));
    } catch (error) {
      differences.push(`${name}: ${(error as Error).message}`);
    }
  }
  assert.equal(differences.length, 0, differences.join('\n'));
}

/** What differs between any two servers: where they are, and when they answer. */
function normal(running: Running, { status, headers, body }: Answer): unknown {
  return JSON.parse(plain(running, JSON.stringify({ status, headers: { ...headers, date: '' }, body })));
}

function plain(running: Running, text: string): string {
  const port = new RegExp(`(?<![-\\d])${running.port}(?!\\d)`, 'g');
  return text.replaceAll(running.folder, '<app>').replaceAll(port, '<port>');
}

function linkPackages(folder: string, others: string): void {
  const modules = path.join(folder, 'node_modules');
  unlinkSync(modules);
  mkdirSync(modules);
  for (const from of [path.join(root, 'node_modules'), others]) linkFrom(from, modules);
}

/** The first who has a package gives it; scopes are shared. */
function linkFrom(from: string, to: string): void {
  for (const entry of readdirSync(from)) {
    if (entry.startsWith('.') && entry !== '.bin') continue;
    const at = path.join(to, entry);
    if (entry.startsWith('@')) {
      mkdirSync(at, { recursive: true });
      linkFrom(path.join(from, entry), at);
    } else {
      try {
        symlinkSync(path.join(from, entry), at);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }
}
