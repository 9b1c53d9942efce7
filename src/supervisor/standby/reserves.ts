/**
 * The kinds of process that wait besides the standby, for a save that comes before it is warm. A new kind is a record
 * here; what it loads is its runtime's to plan.
 */
import type { ServerSpec } from '../../shared/spec.ts';
import type { Started } from '../processes/process-tree.ts';
import { Reserve } from './reserve.ts';
import type { ReserveKind } from './reserve.ts';
import type { StandbyOrder, StandbyProcess, StandbySurroundings } from './standby-process.ts';

/** The best first. */
const kinds: readonly ReserveKind[] = [
  /** Up, so that a save right after a save costs no start of the runtime, of npm or of tsx. */
  { origin: 'spare', loads: 'nothing' },
];

export class Reserves {
  private readonly all: readonly Reserve[];

  /** `bury`: ends one that is not needed. */
  constructor(
    surroundings: StandbySurroundings,
    bury: (process: StandbyProcess) => void,
    changed: () => void,
  ) {
    this.all = kinds.map((kind) => new Reserve(kind, surroundings, bury, changed));
  }

  /** Bytes that they hold. */
  get memory(): number {
    return this.all.reduce((sum, { memory }) => sum + memory, 0);
  }

  /** Those that are not there. */
  prepare(order: StandbyOrder): void {
    for (const reserve of this.all) void reserve.prepare(order);
  }

  /** To be generation `number`. */
  take(spec: ServerSpec, number: number): Started | undefined {
    for (const reserve of this.all) {
      const process = reserve.take(spec);
      if (process !== undefined) return { tree: process.release(number), origin: reserve.kind.origin };
    }
    return undefined;
  }

  /** Drops those that are of no use to `spec` any more. */
  refit(spec: ServerSpec): void {
    for (const reserve of this.all) reserve.refit(spec);
  }

  drop(): void {
    for (const reserve of this.all) reserve.drop();
  }
}
