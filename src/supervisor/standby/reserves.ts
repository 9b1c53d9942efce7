/**
 * The processes that wait besides the standby: one for a save of a file that is being worked on, which is best
 * (ahead.ts), and those for a save that comes before the standby is warm. A new kind of these is a record here; what it
 * loads is its runtime's to plan.
 */
import type { ServerSpec } from '../../shared/spec.ts';
import type { Started } from '../processes/process-tree.ts';
import { Ahead } from './ahead.ts';
import type { AheadEvents } from './ahead.ts';
import { Reserve } from './reserve.ts';
import type { ReserveKind } from './reserve.ts';
import type { StandbyOrder, StandbyProcess, StandbySurroundings } from './standby-process.ts';

/** The best first. */
const kinds: readonly ReserveKind[] = [
  /** Up, so that a save right after a save costs no start of the runtime, of npm or of tsx. */
  { origin: 'spare', loads: 'nothing' },
];

/** What a process that waits is to be. */
export interface Taking {
  readonly number: number;
  /** Of which these files are new, or are to be what they were. */
  readonly files: readonly string[];
  /** See the protocol's `past`. */
  readonly past?: string | undefined;
}

export class Reserves {
  readonly ahead: Ahead;
  private readonly all: readonly Reserve[];

  constructor(surroundings: StandbySurroundings, events: AheadEvents) {
    this.ahead = new Ahead(surroundings, events);
    const bury = (process: StandbyProcess): void => events.bury(process);
    this.all = kinds.map((kind) => new Reserve(kind, surroundings, bury, () => events.changed()));
  }

  /** What they hold, for the server's status. */
  get status(): { readonly spareMemory: number; readonly ahead: Ahead['status'] } {
    const { status } = this.ahead;
    return {
      spareMemory: this.all.reduce((sum, { memory }) => sum + memory, status?.memory ?? 0),
      ahead: status,
    };
  }

  /** Those that are not there. */
  prepare(order: StandbyOrder): void {
    for (const reserve of this.all) void reserve.prepare(order);
    void this.ahead.prepare(order);
  }

  /** Better than the standby. */
  takeAhead(spec: ServerSpec, { number, files, past }: Taking): Started | undefined {
    const taken = this.ahead.take(spec, files);
    if (taken === undefined) return undefined;
    const { process, changed, outdated } = taken;
    return { tree: process.release(number, spec, past, changed), origin: 'ahead', outdated };
  }

  /** Where there is no standby. */
  take(spec: ServerSpec, { number, files, past }: Taking): Started | undefined {
    for (const reserve of this.all) {
      const process = reserve.take(spec, files);
      if (process !== undefined)
        return { tree: process.release(number, spec, past), origin: reserve.kind.origin };
    }
    return undefined;
  }

  /** Drops those that are of no use to `spec` any more. */
  refit(spec: ServerSpec): void {
    for (const reserve of [this.ahead, ...this.all]) reserve.refit(spec);
  }

  drop(): void {
    for (const reserve of [this.ahead, ...this.all]) reserve.drop();
  }
}
