import type { Recording, Save } from '../measure/edits.mts';
import type { HotSwapEvent } from '../servers/events.mts';

/** One save as hot-swap told it. */
export interface ToldSwap {
  /** From the save to `starting`: until then the tool knew nothing of it. */
  reactionMs: number;
  began: number;
  bootMs?: number;
  swapMs?: number;
  /** It stood ready. */
  standby: boolean;
}

/** The swap that put this save into service; undefined when its events are not there. */
export function toldSwap(recording: Recording, save: Save): ToldSwap | undefined {
  const next = recording.saves.find((later) => later.time > save.time)?.time ?? Infinity;
  const during = recording.events.filter((event) => event.time >= save.time && event.time < next);
  const serving = during.find((event) => event.event === 'serving');
  if (!serving) return undefined;
  const began = during.find((event) => isStartOf(event, serving))?.time;
  if (began === undefined) return undefined;
  return {
    reactionMs: began - save.time,
    began,
    standby: serving.standby === true,
    ...(serving.bootMs === undefined ? {} : { bootMs: serving.bootMs }),
    ...(serving.swapMs === undefined ? {} : { swapMs: serving.swapMs }),
  };
}

function isStartOf(event: HotSwapEvent, serving: HotSwapEvent): boolean {
  return event.event === 'starting' && event.generation === serving.generation;
}

/** From the moment a generation serves to the moment the next one stands ready, once per swap. */
export function warmingWindows({ events }: Recording): { from: number; to: number }[] {
  return events.flatMap((serving, i) => {
    if (serving.event !== 'serving') return [];
    const next = events.slice(i + 1).find(({ event, state }) => event === 'serving' || state === 'warm');
    return next?.event === 'standby' ? [{ from: serving.time, to: next.time }] : [];
  });
}
