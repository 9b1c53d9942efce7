/** The generations of one server that still have processes, and what is remembered of each. */
import type { Doors } from '../../runtimes/protocol/messages.ts';
import type {
  Cause,
  DrainProgress,
  DrainResult,
  GenerationStatus,
  ServerStatus,
} from '../../shared/model.ts';
import type { Generation } from '../generations/generation.ts';

export interface Member {
  readonly generation: Generation;
  readonly cause: Cause;
  /** Since it began to accept. */
  serving?: GenerationStatus;
  /** Since it stopped. */
  drain?: { readonly since: number; progress: DrainProgress; result?: DrainResult };
}

/** Starts that are remembered. */
const mostStarts = 20;

export class Roster {
  /** Starts of late (ms since the epoch): of a generation, if only from where it waited, or of who is to wait. */
  readonly starts: number[] = [];
  private readonly members = new Map<number, Member>();
  private inputEnded = false;

  started(at: number): void {
    this.starts.push(at);
    if (this.starts.length > mostStarts) this.starts.shift();
  }

  add(member: Member): void {
    this.members.set(member.generation.number, member);
    if (this.inputEnded) member.generation.tree.command.write('', true);
  }

  /** For the one that listens to it. `isLast`: whoever writes has nothing more to say, to none of them. */
  write(text: string, isLast: boolean, number: number | undefined): void {
    this.find(number)?.generation.tree.command.write(text, false);
    this.inputEnded = isLast;
    if (isLast) for (const generation of this.generations) generation.tree.command.write('', true);
  }

  find(number: number | undefined): Member | undefined {
    return number === undefined ? undefined : this.members.get(number);
  }

  remove(number: number): void {
    this.members.delete(number);
  }

  get generations(): readonly Generation[] {
    return [...this.members.values()].map(({ generation }) => generation);
  }

  /** Requests that wait, in all of them. */
  get held(): number {
    return this.generations.reduce((sum, generation) => sum + generation.peers.held, 0);
  }

  get draining(): ServerStatus['draining'] {
    return [...this.members.values()].flatMap(({ generation, drain }) =>
      drain === undefined ? [] : [{ generation: generation.number, since: drain.since, ...drain.progress }],
    );
  }

  doorsOf(number: number): Doors {
    return this.members.get(number)?.generation.doorTable ?? {};
  }
}
