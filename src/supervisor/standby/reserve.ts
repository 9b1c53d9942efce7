/** One process of a server that waits besides its standby, of one kind. It stays until a save needs it. */
import type { Loads } from '../../runtimes/runtime.ts';
import type { Origin } from '../../shared/model.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import { StandbyProcess } from './standby-process.ts';
import type { StandbyOrder, StandbySurroundings } from './standby-process.ts';

export interface ReserveKind {
  /** What a generation is told to have been that was made of it. */
  readonly origin: Exclude<Origin, 'cold'>;
  readonly loads: Loads;
}

export class Reserve {
  /** Bytes that it holds; 0 if there is none, or it is not up yet. */
  memory = 0;
  readonly kind: ReserveKind;
  private readonly surroundings: StandbySurroundings;
  private readonly bury: (process: StandbyProcess) => void;
  private readonly changed: () => void;
  private process: StandbyProcess | undefined;
  /** Of the one that is being made, if any. */
  private making: object | undefined;

  /** `bury`: ends one that is not needed. */
  constructor(
    kind: ReserveKind,
    surroundings: StandbySurroundings,
    bury: (process: StandbyProcess) => void,
    changed: () => void,
  ) {
    this.kind = kind;
    this.surroundings = surroundings;
    this.bury = bury;
    this.changed = changed;
  }

  /** Unless there is one. */
  async prepare(order: StandbyOrder): Promise<void> {
    if (this.process !== undefined || this.making !== undefined) return;
    const making = (this.making = {});
    const { loads } = this.kind;
    const started = await StandbyProcess.start(order, this.surroundings, loads).catch(() => undefined);
    const isWanted = this.making === making;
    if (isWanted) this.making = undefined;
    if (started === undefined) return; // no room for its files, say; the next one will be tried
    if (!isWanted) {
      this.bury(started);
      return;
    }
    this.process = started;
    started.onReport(({ memory }) => {
      if (this.process !== started) return;
      this.memory = memory;
      this.changed();
    });
    void started.ended.then(() => {
      if (this.process === started) this.forget();
    });
  }

  /** It need not even be up: whatever it has done already is a start. */
  take(spec: ServerSpec, files: readonly string[]): StandbyProcess | undefined {
    const { process } = this;
    if (process === undefined) return undefined;
    const isGood =
      process.misfit(spec, this.surroundings.listeners) === undefined &&
      process.consumed.changed(this.surroundings.env.clock.now(), files) === undefined;
    if (!isGood) {
      this.drop();
      return undefined;
    }
    this.forget();
    return process;
  }

  /** Drops one that is of no use to `spec` any more. */
  refit(spec: ServerSpec): void {
    if (this.process?.misfit(spec, this.surroundings.listeners) !== undefined) this.drop();
  }

  drop(): void {
    const { process } = this;
    this.forget();
    if (process !== undefined) this.bury(process);
  }

  private forget(): void {
    this.making = undefined;
    this.process = undefined;
    this.memory = 0;
  }
}
