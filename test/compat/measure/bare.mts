/** The server as it is without Hot Swap: how long it boots, and what it answers. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Program } from '../../bench/servers/processes.mts';
import { type Clients, clientsFor, type Question } from '../load/clients.mts';
import { type Asked, questionOf } from '../load/load.mts';
import type { Recipe } from '../recipe.mts';
import { listenerOf } from './listener.mts';
import type { Site } from './site.mts';
import { tail } from './tail.mts';

export interface Bare {
  readonly host: string;
  /** Milliseconds from the command to the first answer below 500. */
  readonly bootMs: number;
  /** Files of code that the process that listens has loaded; NaN if it is not known. */
  readonly modules: number;
  /** Question → statuses that it was answered with. */
  readonly statuses: Readonly<Record<string, readonly number[]>>;
}

const patienceMs = 180_000;
/** A boot that takes as long is not repeated only to find the disk's cache full. */
const slowMs = 8_000;

export async function runBare(recipe: Recipe, site: Site, asked: Asked): Promise<Bare> {
  const counts = path.join(site.root, 'modules');
  fs.mkdirSync(counts);
  const preload = path.join(import.meta.dirname, 'modules.cjs');
  const counting = {
    NODE_OPTIONS: `--require "${preload}"`,
    COMPAT_MODULES: counts,
    WATCH_REPORT_DEPENDENCIES: '1',
  };
  const first = await boot(recipe, site, counting, async (clients, pid) => {
    const statuses = await learn(clients, asked);
    await sleep(500);
    return { statuses, modules: countOf(path.join(counts, String(pid))) };
  });
  if (first.bootMs > slowMs) return { ...first, ...first.learned };
  const second = await boot(recipe, site, {}, () => Promise.resolve());
  return { ...first, ...first.learned, bootMs: second.bootMs };
}

async function boot<T>(
  recipe: Recipe,
  site: Site,
  env: Record<string, string>,
  then: (clients: Clients, pid: number) => Promise<T>,
): Promise<{ host: string; bootMs: number; learned: T }> {
  const output = path.join(site.root, 'bare.log');
  const start = performance.now();
  const program = new Program(site.command, site.folder, { ...site.env, ...env }, output);
  const has = { ended: false };
  void program.exited.then(() => (has.ended = true));
  try {
    for (;;) {
      const listener = listenerOf(site.root, site.port);
      if (listener !== undefined) {
        const clients = clientsFor(recipe.speaks ?? 'http', { host: listener.host, port: site.port });
        const question = questionOf({ get: recipe.get ?? ['/'], headers: recipe.headers ?? {} }, 0);
        const answer = await clients.ask(question);
        const bootMs = performance.now() - start;
        if (answer.error === undefined && answer.status! < 500) {
          const learned = await then(clients, listener.pid);
          clients.close();
          return { host: listener.host, bootMs, learned };
        }
        clients.close();
      }
      if (has.ended || performance.now() - start > patienceMs) {
        const why = has.ended ? 'ended' : 'does not answer';
        throw new Error(`without Hot Swap it ${why}:\n${tail(output, 2000)}`);
      }
      await sleep(20);
    }
  } finally {
    program.killGroup();
    await site.clear();
  }
}

async function learn(clients: Clients, asked: Asked): Promise<Record<string, number[]>> {
  const questions = new Map<string, Question>();
  for (let turn = 0; turn < 40; turn++) {
    const question = questionOf(asked, turn);
    questions.set(question.name, question);
  }
  const statuses: Record<string, number[]> = {};
  for (let time = 0; time < 2; time++) {
    for (const [name, question] of questions) {
      const { status } = await clients.ask(question, 'learning');
      if (status !== undefined) statuses[name] = [...new Set([...(statuses[name] ?? []), status])];
    }
  }
  return statuses;
}

function countOf(file: string): number {
  return fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : NaN;
}
