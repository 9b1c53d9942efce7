/** What happened, event by event, as swaps: for the view, and for the picture of one. Pure. */
import type { Failure } from '../../shared/failure.ts';
import type { Cause, DrainResult, HandoffEvent, Origin } from '../../shared/model.ts';

/** One generation's way to the listener, or to nowhere. Times are ms since the epoch. */
export interface Swap {
  readonly server: string;
  readonly generation: number;
  readonly pid: number;
  readonly cause: Cause;
  readonly origin: Origin;
  /** Why it was not released from standby, where one was wanted. */
  readonly noStandby?: string;
  /** The generation that it replaces. */
  readonly from?: number;
  readonly outcome: 'under way' | 'serves' | 'failed' | 'replaced';
  /** It was started or released. */
  readonly startedAt: number;
  /** Its first listener was in place. */
  readonly listeningAt?: number;
  readonly readyAt?: number;
  /** The older one stopped accepting; the new one accepts a little later, at `servesAt`. */
  readonly stoppedAt?: number;
  readonly servesAt?: number;
  /** The older generation had nothing left to do, and what became of it. */
  readonly drained?: { readonly at: number } & DrainResult;
  readonly endedAt?: number;
  readonly held: number;
  readonly bootMs?: number;
  readonly swapMs?: number;
  readonly coldBootMs?: number;
  readonly failure?: Failure;
}

/** How many of each server are remembered. */
const kept = 20;

export class Swaps {
  /** By server, the oldest first. */
  private readonly byServer = new Map<string, Swap[]>();

  /** The last one first. */
  of(server: string): readonly Swap[] {
    return [...(this.byServer.get(server) ?? [])].reverse();
  }

  find(server: string, generation: number): Swap | undefined {
    return this.byServer.get(server)?.find((swap) => swap.generation === generation);
  }

  /** From the start, with what a supervisor remembers. */
  begin(server: string, events: readonly HandoffEvent[]): void {
    this.byServer.delete(server);
    for (const event of events) this.add(event);
  }

  add(event: HandoffEvent): void {
    const { server, time } = event;
    switch (event.event) {
      case 'starting': {
        const { generation, pid, cause, origin, noStandby, replaces: from } = event;
        this.put({
          ...{ server, generation, pid, cause, origin, outcome: 'under way', startedAt: time, held: 0 },
          ...(noStandby === undefined ? {} : { noStandby }),
          ...(from === undefined ? {} : { from }),
        });
        return;
      }
      case 'listening':
        this.change(server, event.generation, ({ listeningAt = time }) => ({ listeningAt }));
        return;
      case 'ready':
        this.change(server, event.generation, ({ held }) => ({
          readyAt: time,
          bootMs: event.bootMs,
          held: Math.max(held, event.held),
        }));
        return;
      case 'cutover':
        this.change(server, event.to, () => ({ stoppedAt: time - event.gapMs, servesAt: time }));
        return;
      case 'serving': {
        const { bootMs, swapMs, coldBootMs } = event;
        this.change(server, event.generation, ({ servesAt = time }) => ({
          ...{ outcome: 'serves', servesAt, bootMs, swapMs, coldBootMs },
        }));
        return;
      }
      case 'replaced':
        this.change(server, event.generation, () => ({ outcome: 'replaced', endedAt: time }));
        return;
      case 'rolledBack':
        this.change(server, event.generation, () => ({ outcome: 'failed', endedAt: time, failure: event }));
        return;
      case 'retired': {
        const { generation, finished, eventStreams, webSockets, idle, lost } = event;
        const by = this.byServer.get(server)?.find(({ from, servesAt }) => from === generation && servesAt);
        const drained = { at: time, finished, eventStreams, webSockets, idle, lost };
        if (by !== undefined) this.change(server, by.generation, () => ({ drained }));
        this.change(server, generation, () => ({ endedAt: time }));
      }
    }
  }

  private put(swap: Swap): void {
    const swaps = this.byServer.get(swap.server) ?? [];
    swaps.push(swap);
    if (swaps.length > kept) swaps.shift();
    this.byServer.set(swap.server, swaps);
  }

  private change(server: string, generation: number, change: (swap: Swap) => Partial<Swap>): void {
    const swaps = this.byServer.get(server);
    const index = swaps?.findIndex((swap) => swap.generation === generation) ?? -1;
    const swap = swaps?.[index];
    if (swaps !== undefined && swap !== undefined) swaps[index] = { ...swap, ...change(swap) };
  }
}
