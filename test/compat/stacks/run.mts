/** One row: the server alone, then under Hot Swap with ten saves and a broken one under load. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Program } from '../../bench/servers/processes.mts';
import { afterNewerWasSeen } from '../../bench/figures/stale.mts';
import { countBy } from '../../bench/figures/stats.mts';
import { say } from '../../bench/measure/say.mts';
import { inRepository } from '../../bench/servers/samples.mts';
import type { Answered } from '../load/clients.mts';
import { Hot } from '../measure/hot.mts';
import { listenerOf } from '../measure/listener.mts';
import { Site } from '../measure/site.mts';
import { tail } from '../measure/tail.mts';
import { makeProject } from '../projects/make.mts';
import type { Recipe } from '../recipe.mts';
import { StackLoad } from './load.mts';
import type { StackMeasured, StackResult } from './result.mts';
import { filled, type Stack } from './stack.mts';

const saves = 10;
/** The broken edit comes after so many good ones. */
const goodBefore = 5;
const patienceMs = 120_000;
const warmMs = 10_000;
const mostEvidence = 12;
const bareMs = 2_000;
const restMs = 800;

export async function runStack(stack: Stack): Promise<StackResult> {
  const { name, title = name, notPromised, mayFail, mayBeStale } = stack;
  const missing = await stack.lacks();
  const about = {
    name,
    title,
    version: missing === undefined ? versionOf(stack) : '',
    // Programs by their names: where they lie is this machine's own.
    command: stack.command.replaceAll('{port}', '…').replace(/(^|\s)\/\S*\//g, '$1'),
    at: new Date().toISOString(),
    ...(notPromised === undefined ? {} : { notPromised }),
    ...(mayFail === undefined ? {} : { mayFail }),
    ...(mayBeStale === undefined ? {} : { mayBeStale }),
  };
  if (missing !== undefined) return { ...about, missing };
  say(`${name}: started`);
  try {
    return { ...about, measured: await inSite(stack) };
  } catch (error) {
    return { ...about, problem: (error as Error).message };
  }
}

async function inSite(stack: Stack): Promise<StackMeasured> {
  const recipe = recipeOf(stack);
  const site = await Site.open(recipe, await makeProject(stack.name, recipe.project), {});
  try {
    // Who is given its sockets has nobody to give them without us.
    const alone = isGiven(stack) ? undefined : await bare(stack, site);
    return site.withoutPaths({ ...(await hot(stack, site)), ...alone });
  } finally {
    const logs = process.env['COMPAT_LOGS'];
    if (logs !== undefined) keepLogs(logs, stack.name, site);
    site.remove();
  }
}

type Alone = Pick<StackMeasured, 'coldBootMs' | 'bareFailures'>;

function isGiven({ options = [] }: Stack): boolean {
  return options.includes('--listen');
}

async function bare(stack: Stack, site: Site): Promise<Alone> {
  // Where something is compiled first, the second boot is the one to compare with.
  await boot(site, () => Promise.resolve({}));
  return await boot(site, async () => {
    const load = new StackLoad(site.port, undefined);
    await sleep(bareMs);
    await load.stop();
    return failuresOf(load.answers);
  });
}

async function boot(site: Site, then: () => Promise<Record<string, number>>): Promise<Alone> {
  const output = path.join(site.root, 'bare.log');
  const start = performance.now();
  const program = new Program(site.command, site.folder, site.env, output);
  const has = { ended: false };
  void program.exited.then(() => (has.ended = true));
  try {
    for (;;) {
      if (listenerOf(site.root, site.port) !== undefined) {
        const answer = await fetch(`http://127.0.0.1:${site.port}/`).catch(() => undefined);
        await answer?.text().catch(() => '');
        if (answer !== undefined && answer.status < 500)
          return { coldBootMs: performance.now() - start, bareFailures: await then() };
      }
      if (has.ended || performance.now() - start > patienceMs) {
        const why = has.ended ? 'ended' : 'does not answer';
        throw new Error(`without Hot Swap it ${why}:\n${tail(output, 2000)}`);
      }
      await sleep(10);
    }
  } finally {
    program.killGroup();
    await site.clear();
  }
}

async function hot(stack: Stack, site: Site): Promise<StackMeasured> {
  const running = new Hot(
    site,
    stack.options?.map((option) => filled(option, site.port)),
  );
  try {
    const first = await running.serving(patienceMs);
    if (first === undefined) {
      const told = running.events.map((event) => JSON.stringify(event)).join('\n');
      throw new Error(`never served:\n${told.slice(-3000)}\n${running.printed(2000)}`);
    }
    await running.untilWarm(0, warmMs);
    const way = wayOf(site);
    const load = new StackLoad(site.port, stack.streams);
    const { tookMs, rollback, swaps } = await work(stack, site, running, load);
    const events = await load.stop();
    const ended = await running.stop();
    const left = await site.leftRunning(5_000);
    return {
      way,
      coldBootMs: first.bootMs,
      bareFailures: {},
      ...figuresOf(load, swaps),
      tookMs,
      ...(rollback === undefined ? {} : { rollback }),
      ...(events === undefined ? {} : { events }),
      leftRunning: [...(ended ? [] : ['hot-swap itself, after SIGINT']), ...left],
    };
  } finally {
    running.kill();
    await site.clear();
  }
}

async function work(
  stack: Stack,
  site: Site,
  running: Hot,
  load: StackLoad,
): Promise<Pick<StackMeasured, 'tookMs' | 'rollback'> & { swaps: number[] }> {
  const tookMs: (number | null)[] = [];
  const swaps: number[] = [];
  let rollback: StackMeasured['rollback'];
  const hasStandby = running.events.some((event) => event.event === 'standby' && event.state === 'warm');
  const write = (save: number, add = ''): number => {
    const at = Date.now();
    const text = `${stack.files(save)[stack.edited] ?? ''}${add}`;
    fs.writeFileSync(site.at(stack.edited), filled(text, site.port));
    return at;
  };
  await sleep(1_000);
  for (let save = 1; save <= saves; save++) {
    if (save === goodBefore + 1 && stack.breaks !== undefined) {
      const refusal = await running.refusal(60_000, write(saves + 1, stack.breaks));
      const { file, line } = refusal ?? {};
      rollback = {
        refused: refusal !== undefined,
        ...(file === undefined ? {} : { place: `${path.relative(site.folder, file)}:${line ?? '?'}` }),
      };
      await sleep(500);
    }
    const at = write(save);
    const seen = await load.untilSeen(save, 60_000);
    tookMs.push(seen === undefined ? null : seen - at);
    if (seen !== undefined) swaps.push(seen);
    if (hasStandby) await running.untilWarm(at, warmMs);
    await load.settled();
    await sleep(restMs);
  }
  await sleep(2_500);
  return { tookMs, swaps, ...(rollback === undefined ? {} : { rollback }) };
}

function figuresOf(
  { answers, slow }: StackLoad,
  swaps: readonly number[],
): Pick<StackMeasured, 'requests' | 'failures' | 'stale' | 'slow' | 'kept' | 'evidence'> {
  const failed = answers.filter(({ error }) => error !== undefined);
  const stale = afterNewerWasSeen(answers.filter(({ error }) => error === undefined)).stale;
  const cut = slow.filter(({ error }) => error !== undefined);
  const across = slow.filter(({ first = Infinity, done }) =>
    swaps.some((swap) => first < swap && done > swap),
  );
  const asked = answers.filter(({ client }) => client !== 'new');
  return {
    requests: answers.length,
    failures: failuresOf(answers),
    stale: stale.length,
    ...(slow.length === 0 ? {} : { slow: { all: slow.length, across: across.length, cut: cut.length } }),
    kept: { asked: asked.length, reused: asked.filter(({ reused }) => reused).length },
    evidence: [...failed, ...cut, ...stale.map(({ exchange }) => exchange as Answered)]
      .slice(0, mostEvidence)
      .map(
        ({ due, done, client, question, reused, error, version }) =>
          `${due}–${done} ${client}${reused ? ' (kept)' : ''}: ${question}: ${error ?? `save ${version ?? '?'}`}`,
      ),
  };
}

function failuresOf(answers: readonly Answered[]): Record<string, number> {
  return countBy(
    answers.filter(({ error }) => error !== undefined),
    ({ error = '' }) => error,
  );
}

function recipeOf(stack: Stack): Recipe {
  const none = { entry: stack.edited, route: stack.edited, deep: stack.edited, config: stack.edited };
  return {
    name: stack.name,
    project: { files: stack.files(0) },
    command: stack.command,
    ...(stack.env === undefined ? {} : { env: stack.env }),
    saves: none,
  };
}

function wayOf(site: Site): string {
  const args = [inRepository('dist/cli.js'), 'status', '--json'];
  const env = { ...process.env, ...site.env };
  const text = execFileSync(process.execPath, args, { cwd: site.folder, env, encoding: 'utf8' });
  const [status] = JSON.parse(text) as { adapter?: string }[];
  return status?.adapter ?? 'none';
}

function versionOf({ version: [program = '', ...args] }: Stack): string {
  try {
    // Some say it on stderr.
    const text = execFileSync('/bin/sh', ['-c', '"$@" 2>&1', 'sh', program, ...args], { encoding: 'utf8' });
    return /\d+\.\d[\w.]*/.exec(text)?.[0] ?? '';
  } catch {
    return '';
  }
}

function keepLogs(folder: string, name: string, site: Site): void {
  fs.mkdirSync(folder, { recursive: true });
  for (const log of ['bare.log', 'hot.log', 'events.jsonl'])
    if (fs.existsSync(path.join(site.root, log)))
      fs.copyFileSync(path.join(site.root, log), path.join(folder, `${name}.${log}`));
}
