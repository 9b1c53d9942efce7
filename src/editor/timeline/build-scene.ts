/** Swaps as a scene for the page to draw. Pure. */
import { causeText, count, duration } from '../../shared/words/format.ts';
import type { Lane, Moment, RequestMark, Scene, Span, SpanKind } from '../../page/scene.ts';
import { whySlow } from '../status/why-slow.ts';
import type { Swap } from '../view/swaps.ts';
import { t } from '../words/l10n.ts';
import { pageWords } from './page-words.ts';

/** Instead of a generation's number: the last ones, one below the other. */
export const several = 'several';
const mostTogether = 8;
/** Of what is shown, beside it. */
const margin = 0.15;

export interface SceneOrder {
  /** The last one first. */
  readonly swaps: readonly Swap[];
  /** A generation, or `several`; undefined: the last swap. */
  readonly chosen: string | undefined;
  /** Ms since the epoch. */
  readonly now: number;
  readonly relative: (file: string) => string;
  /** What is known of requests, by generation; `at` is ms since the epoch. */
  readonly requests?: ReadonlyMap<number, readonly RequestMark[]>;
}

/** Undefined: nothing was swapped yet. */
export function buildScene(server: string, order: SceneOrder): Scene | undefined {
  const { swaps, relative } = order;
  const [last] = swaps;
  if (last === undefined) return undefined;
  const one = swaps.find(({ generation }) => String(generation) === order.chosen);
  const isSeveral = order.chosen === several;
  const swap = one ?? last;
  const shown = isSeveral ? swaps.slice(0, mostTogether).reverse() : [swap];
  const lanes = isSeveral ? shown.map((each) => swapLane(each, order)) : lanesOf(swap, order);
  const ends = shown.map((each) => (each.servesAt ?? each.endedAt ?? order.now) - each.cause.at);
  const end = Math.max(1, ...ends);
  const whole = Math.max(end, ...lanes.flatMap(({ spans }) => spans.map(({ to }) => to)));
  return {
    title: isSeveral ? t('{0}: the last swaps', server) : titleOf(server, swap),
    summary: shown.map((each) => sentence(each, relative)).join(' '),
    lanes,
    swap: [-end * margin, end * (1 + margin)],
    whole: [-whole * margin, whole * (1 + margin)],
    choices: [
      ...swaps.map((each) => ({ value: String(each.generation), text: choiceText(each, relative) })),
      ...(swaps.length < 2 ? [] : [{ value: several, text: t('the last swaps, one below the other') }]),
    ],
    chosen: isSeveral ? several : String(swap.generation),
    words: pageWords(),
  };
}

/** The older generation, and the one that replaces it. */
function lanesOf(swap: Swap, order: SceneOrder): Lane[] {
  const { from, cause, stoppedAt, drained } = swap;
  const since = (time: number): number => time - cause.at;
  const next = swapLane(swap, order);
  if (from === undefined) return [next];
  const before = -since(swap.servesAt ?? swap.endedAt ?? order.now) - 10;
  const ended = since(stoppedAt ?? swap.servesAt ?? order.now);
  const isReplaced = swap.outcome === 'serves';
  const spans = [span('serving', before, isReplaced ? ended : since(order.now), t('serves'), gen(from))];
  const moments: Moment[] = [];
  if (isReplaced) {
    const to = drained === undefined ? since(order.now) : since(drained.at);
    spans.push(span('draining', ended, to, t('drains'), gen(from)));
    if (drained !== undefined) {
      const { finished, lost } = drained;
      const what = t('{0} finished, {1} lost', count(finished, 'request'), lost);
      moments.push(moment(to, t('drained'), `${gen(from)}: ${what}`));
    }
  }
  return [{ text: gen(from), detail: '', spans, moments, requests: marks(from, swap, order) }, next];
}

function swapLane(swap: Swap, order: SceneOrder): Lane {
  const { cause, startedAt, listeningAt, readyAt, servesAt, endedAt, generation, outcome, origin } = swap;
  const since = (time: number): number => Math.max(0, time - cause.at);
  const who = gen(generation);
  const isSave = cause.kind === 'save' || cause.kind === 'disk';
  const end = servesAt ?? endedAt ?? order.now;
  const ready = readyAt ?? end;
  const boot = outcome === 'failed' ? t('fails') : origin === 'cold' ? t('boots') : t('runs your code');
  const spans = [
    span('noticed', 0, since(startedAt), t('noticed'), who),
    span(outcome === 'failed' ? 'failed' : 'booting', since(startedAt), since(ready), boot, who),
  ];
  if (servesAt !== undefined) {
    if (readyAt !== undefined && servesAt - readyAt > 0.5)
      spans.push(span('waiting', since(readyAt), since(servesAt), t('takes over'), who));
    const to = endedAt ?? Math.max(order.now, servesAt);
    const drainEnd = swap.drained?.at ?? servesAt;
    // A generation serves for minutes: what matters here is until the older one is gone.
    const shown = Math.min(to, Math.max(drainEnd, servesAt + (servesAt - cause.at)));
    spans.push(span('serving', since(servesAt), since(shown), t('serves'), who));
  }
  const moments = [
    moment(0, isSave ? t('saved') : t('asked for'), causeText(cause, order.relative)),
    moment(since(startedAt), origin === 'cold' ? t('started') : t('released'), who),
    ...(listeningAt === undefined ? [] : [moment(since(listeningAt), t('listens'), who)]),
    ...(readyAt === undefined ? [] : [moment(since(readyAt), t('ready'), who)]),
    ...(servesAt === undefined ? [] : [moment(since(servesAt), t('cutover'), who)]),
  ];
  const took = swap.swapMs === undefined ? outcomeText(swap) : duration(swap.swapMs);
  return { text: who, detail: took, spans, moments, requests: marks(generation, swap, order) };
}

function marks(generation: number, { cause }: Swap, { requests }: SceneOrder): RequestMark[] {
  return (requests?.get(generation) ?? []).map((mark) => ({ ...mark, at: mark.at - cause.at }));
}

function span(kind: SpanKind, from: number, to: number, what: string, who: string): Span {
  const text = `${what} ${duration(to - from)}`;
  return {
    kind,
    from,
    to,
    text: kind === 'serving' ? what : text,
    spoken: `${who}: ${text}, +${duration(from)}`,
  };
}

function moment(at: number, text: string, who: string): Moment {
  return { at, text, spoken: `+${duration(at)}: ${who}, ${text}` };
}

function gen(generation: number): string {
  return t('gen {0}', generation);
}

function titleOf(server: string, { from, generation }: Swap): string {
  return from === undefined
    ? `${server}: ${gen(generation)}`
    : `${server}: ${gen(from)} → ${gen(generation)}`;
}

function outcomeText({ outcome }: Swap): string {
  return { 'under way': t('under way'), serves: t('serves'), failed: t('failed'), replaced: t('replaced') }[
    outcome
  ];
}

function choiceText(swap: Swap, relative: (file: string) => string): string {
  const took = swap.swapMs === undefined ? outcomeText(swap) : duration(swap.swapMs);
  return `${gen(swap.generation)} · ${took} · ${causeText(swap.cause, relative)}`;
}

/** What the picture shows. */
function sentence(swap: Swap, relative: (file: string) => string): string {
  const { generation, from, swapMs, bootMs = 0, held, origin, noStandby, coldBootMs, drained } = swap;
  if (swapMs === undefined)
    return t('{0}: {1}, {2}.', gen(generation), causeText(swap.cause, relative), outcomeText(swap));
  const why = from === undefined ? undefined : whySlow({ origin, noStandby, bootMs, swapMs, coldBootMs });
  const parts = [
    t('{0} serves after {1}', gen(generation), duration(swapMs)) + (why === undefined ? '' : ` (${why})`),
    ...(held === 0 ? [] : [t('{0} waited for it', count(held, 'request'))]),
    ...(drained === undefined || from === undefined
      ? []
      : [t('{0} finished {1} and lost {2}', gen(from), count(drained.finished, 'request'), drained.lost)]),
  ];
  return `${causeText(swap.cause, relative)}: ${parts.join(', ')}.`;
}
