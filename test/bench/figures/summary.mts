import type { Exchange } from '../load/exchange.mts';
import type { Recording, Save } from '../measure/edits.mts';
import type { HotSwapEvent } from '../servers/events.mts';
import { afterMoment, afterNewerWasSeen, type Stale } from './stale.mts';
import { countBy, type Latencies, latencies, type Spread, spread } from './stats.mts';
import { toldSwap, warmingWindows } from './swaps.mts';

/** What one peer did to its clients. */
export interface Summary {
  peer: string;
  saves: number;
  /** Saves whose code was never seen. */
  missed: number;
  requests: number;
  failed: Record<string, number>;
  polls: { asked: number; failed: number };
  streams: { asked: number; acrossSwaps: number; incomplete: number };
  staleA: number;
  overtaken: number;
  /** Only where requests are promised to be held. */
  staleB: number | undefined;
  /** Old answers to requests sent after the save itself. */
  oldAfterSave: number;
  saveToNewMs: Spread;
  /** Of saves at the moment the save before was live. */
  hastyToNewMs: Spread;
  fixToNewMs: Spread;
  /** Good saves that found a standby ready; undefined for peers that have none. */
  warmSaves: number | undefined;
  /** Bare cold boots beside the same load, between the edits. */
  bootBesideMs: Spread;
  /** Of the requests sent while the code was broken. */
  answeredWhileBroken: number;
  steadyMs: Latencies;
  /** From calm saves to their first new response. */
  swapMs: Latencies;
  /** The same of hasty ones. */
  hastySwapMs: Latencies;
  /** While the next generation was made ready, after a swap. */
  warmingMs: Latencies;
  /** While another process of the same app booted, without a swap: what two cores make of that. */
  besideBootMs: Latencies;
  told:
    | {
        reactionMs: Spread;
        bootMs: Spread;
        swapMs: Spread;
        warmingMs: Spread;
        swaps: number;
        fromStandby: number;
      }
    | undefined;
  complaints: string[];
  evidence: Evidence[];
  scheduleLateMs: Latencies;
  /** For finding out what happened, in the JSON only. */
  raw: { saves: Save[]; events: HotSwapEvent[]; slowest: Exchange[]; swapping: Exchange[] };
}

/** A request that should not have ended as it did, and where in the run. */
export interface Evidence extends Exchange {
  why: string;
  sinceSaveMs: number;
  save: Save['kind'];
  lastEvent: string | undefined;
}

export function summarize(recording: Recording): Summary {
  const { peer, saves, exchanges, events } = recording;
  const load = exchanges.filter(({ kind }) => kind === 'request' || kind === 'slow');
  const polls = exchanges.filter(({ kind }) => kind === 'poll');
  const streams = exchanges.filter(({ kind }) => kind === 'stream');
  const failed = load.filter(isFailed);
  const good = saves.filter(({ kind }) => kind !== 'broken');
  const warmable = saves.filter(({ kind, warm }) => kind === 'good' && warm !== undefined);
  const { stale: staleA, overtaken } = afterNewerWasSeen(exchanges);
  const told = good.flatMap((save) => toldSwap(recording, save) ?? []);
  const staleB = peer.holds ? afterMoment(recording, (save) => toldSwap(recording, save)?.began) : undefined;
  const timed = load.filter((exchange) => exchange.kind === 'request' && !isFailed(exchange));
  const windows = swapWindows(saves);
  const warmings = peer.ours ? warmingWindows(recording) : [];
  const plainBoots = recording.boots.map(({ from, ms }) => ({ from, to: from + ms }));
  const boots = plainBoots.map(({ from, to }) => ({ from, to: to + 100 }));
  const isBroken = windows.filter(({ kind }) => kind === 'broken');
  const calm = windows.filter(({ kind }) => kind === 'calm');
  const others = windows.filter(({ kind }) => kind !== 'calm');
  const broken = load.filter(({ due }) => isBroken.some((w) => due >= w.from && due < w.fixed));
  const exchangesDuring = (these: Window[], others: Window[] = []): Exchange[] =>
    timed.filter((x) => dueIn(x, these) && !reachesInto(x, others));
  const during = (these: Window[], others: Window[] = []): number[] =>
    exchangesDuring(these, others).map(({ tookMs }) => tookMs);

  return {
    peer: peer.name,
    saves: saves.length,
    missed: good.filter(({ firstNew }) => firstNew === undefined).length,
    requests: load.length,
    failed: countBy(failed, ({ error }) => error!),
    polls: { asked: polls.length, failed: polls.filter(isFailed).length },
    streams: {
      asked: streams.length,
      acrossSwaps: streams.filter((s) => good.some((save) => s.sent! < save.time && s.done > save.firstNew!))
        .length,
      incomplete: streams.filter(isFailed).length,
    },
    staleA: staleA.length,
    overtaken,
    staleB: staleB?.length,
    oldAfterSave: afterMoment(recording, (save) => save.time).length,
    saveToNewMs: toNew(saves, 'good'),
    hastyToNewMs: toNew(saves, 'hasty'),
    fixToNewMs: toNew(saves, 'fix'),
    warmSaves: warmable.length === 0 ? undefined : warmable.filter(({ warm }) => warm).length,
    bootBesideMs: spread(recording.boots.map(({ ms }) => ms)),
    answeredWhileBroken: broken.filter((exchange) => !isFailed(exchange)).length / broken.length,
    steadyMs: latencies(during([{ from: 0, to: Infinity }], [...windows, ...boots, ...warmings])),
    swapMs: latencies(during(calm, others)),
    hastySwapMs: latencies(during(windows.filter(({ kind }) => kind === 'hasty'))),
    warmingMs: latencies(during(warmings, windows)),
    besideBootMs: latencies(during(plainBoots, windows)),
    told: peer.ours
      ? {
          reactionMs: spread(told.map(({ reactionMs }) => reactionMs)),
          bootMs: spread(told.flatMap(({ bootMs }) => bootMs ?? [])),
          swapMs: spread(told.flatMap(({ swapMs }) => swapMs ?? [])),
          warmingMs: spread(warmings.map(({ from, to }) => to - from)),
          fromStandby: good.filter((save) => save.kind === 'good' && toldSwap(recording, save)?.standby)
            .length,
          swaps: events.filter(({ event }) => event === 'serving').length - 1,
        }
      : undefined,
    complaints: recording.complaints,
    evidence: evidence(recording, staleA, staleB ?? []),
    scheduleLateMs: latencies(recording.lateMs),
    raw: {
      saves,
      events,
      slowest: [...exchanges].sort((a, b) => b.tookMs - a.tookMs).slice(0, 100),
      swapping: exchangesDuring(calm, others),
    },
  };
}

export function isFailed(exchange: Exchange): boolean {
  return exchange.error !== undefined;
}

function toNew(saves: Save[], kind: Save['kind']): Spread {
  return spread(saves.flatMap((s) => (s.kind === kind && s.tookMs !== undefined ? [s.tookMs] : [])));
}

interface Window {
  from: number;
  to: number;
}

/** From a save to the first answer of the new code; after a broken save, of its fix. */
function swapWindows(saves: Save[]): (Window & { fixed: number; kind: Save['kind'] })[] {
  return saves.flatMap((save, i) => {
    if (save.kind === 'fix') return [];
    const last = save.kind === 'broken' ? saves[i + 1]! : save;
    const to = last.firstNew ?? last.time + 15_000;
    return [{ from: save.time, to, fixed: last.time, kind: save.kind }];
  });
}

/** Whatever reaches into a window would be chosen by its length: the longer, the likelier. */
function dueIn({ due }: Exchange, windows: Window[]): boolean {
  return windows.some(({ from, to }) => due >= from && due < to);
}

function reachesInto({ due, tookMs }: Exchange, windows: Window[]): boolean {
  return windows.some(({ from, to }) => due < to && due + tookMs > from);
}

function evidence(recording: Recording, staleA: Stale[], staleB: Stale[]): Evidence[] {
  const wrong = [
    ...recording.exchanges.filter(isFailed).map((exchange) => ({ exchange, why: exchange.error! })),
    ...staleA.map(({ exchange, lateByMs }) => ({ exchange, why: `stale A by ${lateByMs} ms` })),
    ...staleB.map(({ exchange, lateByMs }) => ({ exchange, why: `stale B by ${lateByMs} ms` })),
  ];
  return wrong.slice(0, 200).map(({ exchange, why }) => {
    const save = recording.saves.findLast(({ time }) => time <= exchange.done);
    const event = recording.events.findLast(({ time }) => time <= exchange.done);
    return {
      ...exchange,
      why,
      sinceSaveMs: exchange.done - (save?.time ?? NaN),
      save: save?.kind ?? 'good',
      lastEvent: event && `${event.event} gen ${event.generation} (${exchange.done - event.time} ms before)`,
    };
  });
}

export function failures(summary: Summary): number {
  return Object.values(summary.failed).reduce((sum, n) => sum + n, 0);
}
