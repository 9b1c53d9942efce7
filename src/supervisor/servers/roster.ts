/** The generations of one server that still have processes, and what is remembered of each. */
import type { Doors } from '../../runtimes/protocol/messages.ts';
import type {
  Cause,
  DrainProgress,
  DrainResult,
  GenerationStatus,
  ServerStatus,
} from '../../shared/model.ts';
import type { Clock } from '../../shared/clock.ts';
import type { GenerationMarks, GenerationRequests, RequestMarks } from '../../shared/told/requests.ts';
import { Overlays } from '../past/overlay.ts';
import type { Overlay } from '../past/overlay.ts';
import type { Peers } from '../generations/peers.ts';
import type { Generation } from '../generations/generation.ts';

/** Who has not said by then (ms) is busy, or does not know the question. */
const tellMs = 500;

export interface Member {
  readonly generation: Generation;
  readonly cause: Cause;
  /** Earlier code, if it runs that. */
  readonly past: Overlay | undefined;
  /** See `Started`. */
  readonly outdated?: Promise<readonly string[]> | undefined;
  /** When it did so for the first time (ms since the epoch). */
  readonly first: { listening?: number; answered?: number };
  /** Since it began to accept. */
  serving?: GenerationStatus;
  /** Since it stopped. */
  drain?: { readonly since: number; progress: DrainProgress; result?: DrainResult };
}

export interface Start {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of a generation that was started from cold: all of its command was run. */
  readonly cold?: number;
}

/** Generations whose requests are remembered. */
const mostMarked = 8;

/** Starts that are remembered. */
const mostStarts = 20;

/** Of one that began to accept at `since`. */
export function detailsOf(
  { generation: { startedAt, bootMs }, cause, past, first }: Member,
  since: number,
): Pick<GenerationStatus, 'codeOf' | 'steps'> {
  const steps = {
    released: startedAt - cause.at,
    ...(first.listening === undefined ? {} : { listening: first.listening - cause.at }),
    ready: startedAt + bootMs - cause.at,
    serving: since - cause.at,
    ...(first.answered === undefined ? {} : { answered: first.answered - cause.at }),
  };
  return { steps, ...(past === undefined ? {} : { codeOf: past.codeOf }) };
}

export class Roster {
  /** Starts of late: of a generation, if only from where it waited, or of who is to wait. */
  readonly starts: Start[] = [];
  private readonly members = new Map<number, Member>();
  private inputEnded = false;
  /** Was not even started, since it would not have loaded, as was looked from then on (ms since the epoch). */
  refused: { readonly generation: number; readonly at: number } | undefined;
  /** Of those that are gone. */
  private marked: readonly GenerationMarks[] = [];
  /** The earlier code that they run, where one was asked to go back. */
  readonly overlays = new Overlays();

  started(start: Start): void {
    this.starts.push(start);
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
    const { past, generation } = this.members.get(number) ?? {};
    const told = generation?.peers.marked ?? [];
    if (told.length > 0) this.marked = [...this.marked, { generation: number, told }].slice(-mostMarked);
    this.members.delete(number);
    this.overlays.left(past, this.members.values());
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
      drain === undefined
        ? []
        : [
            {
              generation: generation.number,
              pid: generation.serverPid,
              since: drain.since,
              ...drain.progress,
            },
          ],
    );
  }

  /** What each still has to answer. */
  async requests(clock: Clock): Promise<readonly GenerationRequests[]> {
    return await Promise.all(
      this.generations
        .filter(({ served }) => served)
        .map(async ({ number: generation, peers }) => {
          const told = await peers.requests(clock, tellMs);
          return { generation, known: told !== undefined, ...(told ?? { requests: [], more: 0 }) };
        }),
    );
  }

  /** Requests around the last swaps. */
  async marks(clock: Clock): Promise<readonly GenerationMarks[]> {
    const living = this.generations
      .filter(({ served }) => served)
      .map(async ({ number: generation, peers }) => ({ generation, told: await marksOf(peers, clock) }));
    return [...this.marked, ...(await Promise.all(living))];
  }

  cut(generation: number, request: number): void {
    this.find(generation)?.generation.send({ type: 'cut', request });
  }

  doorsOf(number: number): Doors {
    return Object.fromEntries(this.members.get(number)?.generation.doors ?? []);
  }
}

async function marksOf({ all, marked, questions }: Peers, clock: Clock): Promise<readonly RequestMarks[]> {
  const told = await Promise.all([...all].map((peer) => questions.askSoon(peer, 'marks', clock, tellMs)));
  const living = told.filter((answer) => answer?.type === 'marks');
  return marked.length > 0 ? marked : living;
}
