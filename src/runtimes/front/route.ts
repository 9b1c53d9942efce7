/**
 * Who answers which request: the generation that accepts, or nobody yet. Like all of the front but its way.ts, free of
 * what only POSIX has.
 */
import type { DrainResult } from '../../shared/model.ts';
import type { Doors, FromGeneration } from '../protocol/messages.ts';
import type { ProcessSide } from '../protocol/obey.ts';
import type { Target } from './target.ts';

type Say = (message: FromGeneration) => void;

/** Of a request that waits. */
type Go = (target: Target) => void;

export class Route {
  private current: Seat | undefined;
  /** Told to hold: its requests wait, and may go to it after all. */
  private holder: Seat | undefined;
  private readonly waiting = new Set<Go>();

  /** Resolves with who is to answer; undefined if `gone` says so before. */
  next(gone: Promise<unknown>): Promise<Target | undefined> {
    const { current, holder } = this;
    if (current !== undefined && holder === undefined) return Promise.resolve(current.target);
    return new Promise((resolve) => {
      const go: Go = (target) => resolve(target);
      this.waiting.add(go);
      this.tellHeld();
      void gone.then(() => {
        if (!this.waiting.delete(go)) return;
        resolve(undefined);
        this.tellHeld();
      });
    });
  }

  /** What a generation is told comes to this. */
  seat(target: Target, key: string, say: Say): Seat {
    return new Seat(this, target, key, say);
  }

  give(seat: Seat): void {
    this.current = seat;
    this.holder = undefined;
    this.flush(seat);
  }

  hold(seat: Seat): void {
    if (this.current === seat) this.holder = seat;
  }

  release(seat: Seat): void {
    if (this.holder !== seat) return;
    this.holder = undefined;
    this.flush(seat);
  }

  /** Whoever comes waits until somebody else is given it. */
  take(seat: Seat): void {
    if (this.current === seat) this.current = undefined;
    if (this.holder === seat) this.holder = undefined;
  }

  private flush(seat: Seat): void {
    const all = [...this.waiting];
    this.waiting.clear();
    for (const go of all) go(seat.target);
    if (all.length > 0) seat.say({ type: 'held', requests: 0 });
  }

  private tellHeld(): void {
    (this.holder ?? this.current)?.say({ type: 'held', requests: this.waiting.size });
  }
}

/** One generation, on the supervisor's word. */
export class Seat implements ProcessSide {
  readonly target: Target;
  readonly say: Say;
  private readonly route: Route;
  private readonly key: string;
  private remembers = false;

  constructor(route: Route, target: Target, key: string, say: Say) {
    this.route = route;
    this.target = target;
    this.key = key;
    this.say = say;
    target.onAnswer = (path, ok) => {
      if (!this.hasAnswered) say({ type: 'answered' });
      this.hasAnswered = true;
      if (ok && path !== undefined) this.lastGet = path;
    };
  }

  private hasAnswered = false;
  private lastGet: string | undefined;

  accept(): void {
    this.route.give(this);
    this.say({ type: 'accepting' });
  }

  prepare(): void {
    if (this.remembers && this.lastGet !== undefined)
      this.say({ type: 'lastGet', key: this.key, path: this.lastGet });
  }

  hold(): void {
    this.route.hold(this);
    this.prepare();
    this.say({ type: 'holding' });
  }

  release(): void {
    this.route.release(this);
    this.say({ type: 'held', requests: 0 });
  }

  stop(_successor: Doors, drainMs: number): Promise<void> {
    this.vacate(drainMs);
    return Promise.resolve();
  }

  vacate(drainMs: number): void {
    this.route.take(this);
    this.say({ type: 'held', requests: 0 });
    this.say({ type: 'stopped', ...this.target.progress });
    this.target.drain(
      drainMs,
      () => this.say({ type: 'draining', ...this.target.progress }),
      (result: DrainResult) => this.say({ type: 'drained', ...result }),
    );
  }

  resume(): void {
    this.target.resume();
    this.route.give(this);
    this.say({ type: 'resumed', ok: true });
  }

  remember(): void {
    this.remembers = true;
  }

  /** The process is gone. */
  leave(): void {
    this.route.take(this);
    this.target.leave();
  }

  comeFirst(): void {
    // Nobody knows how to leave it the processors, either.
  }

  beRestarted(): void {
    // The port is ours, whoever listens behind it.
  }

  relay(): void {
    // A request goes to whoever has the route when it comes.
  }

  retire(): void {
    // Its process is asked by who started it.
  }

  tellFiles(): void {
    // Nobody knows: see the attendant.
  }

  tellModules(): void {
    // Nor that.
  }

  inspect(): void {
    // Its language has a debugger of its own.
  }

  tellRequests(): void {
    // Who does not answer is not waited for.
  }

  tellMarks(): void {
    // As above.
  }

  cut(): void {
    // Nobody was told of one.
  }
}
