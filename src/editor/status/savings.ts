/** What the day's saves would have cost: how many there were, and the boots that nobody waited for. */
import type { HandoffEvent } from '../../shared/model.ts';
import type { Memory } from '../servers/choices.ts';
import type { ServerRef } from '../servers/server-ref.ts';
import { whySlow } from './why-slow.ts';

/** Of one server. */
export interface Cost {
  /** Saves of today that were swapped in. */
  readonly saves: number;
  /** Ms by which their swaps were shorter than as many cold boots. */
  readonly notWaitedMs: number;
  /** Why the last swap was slow, in one clause. */
  readonly slow?: string | undefined;
}

interface Day extends Cost {
  /** As `today` says it. */
  readonly day: string;
}

type Beginning = HandoffEvent & { readonly event: 'starting' };

const key = 'savings';

export class Savings {
  /** What each server is booting, or did. */
  private readonly begun = new Map<string, Beginning>();
  private readonly slow = new Map<string, string | undefined>();

  /** `today`: another text on another day. */
  constructor(
    private readonly memory: Memory,
    private readonly today: () => string = () => new Date().toDateString(),
  ) {}

  of(ref: ServerRef): Cost {
    const name = JSON.stringify(ref);
    const known = this.all[name];
    const { saves, notWaitedMs } = known?.day === this.today() ? known : { saves: 0, notWaitedMs: 0 };
    return { saves, notWaitedMs, slow: this.slow.get(name) };
  }

  heard(folder: string, event: HandoffEvent): void {
    const ref = { folder, server: event.server };
    const name = JSON.stringify(ref);
    if (event.event === 'starting') this.begun.set(name, event);
    if (event.event !== 'serving') return;
    const begun = this.begun.get(name);
    if (begun?.generation !== event.generation || begun.replaces === undefined) return;
    const { bootMs, swapMs, coldBootMs } = event;
    this.slow.set(
      name,
      whySlow({ origin: begun.origin, noStandby: begun.noStandby, bootMs, swapMs, coldBootMs }),
    );
    if (begun.cause.kind !== 'save' && begun.cause.kind !== 'disk') return;
    const before = this.of(ref);
    const day: Day = {
      day: this.today(),
      saves: before.saves + 1,
      notWaitedMs: before.notWaitedMs + Math.max(0, coldBootMs - swapMs),
    };
    void this.memory.update(key, { ...this.all, [name]: day });
  }

  private get all(): Readonly<Record<string, Day>> {
    return (this.memory.get(key) ?? {}) as Readonly<Record<string, Day>>;
  }
}
