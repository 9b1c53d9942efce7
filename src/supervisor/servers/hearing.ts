/** What a generation tells, as what it means to its server. */
import type { Input, Loss } from '../../handoff/state.ts';
import type { OutputChunk } from '../../shared/model.ts';
import type { GenerationEvents } from '../generations/generation-events.ts';
import type { Debugging } from '../debugging/debugging.ts';
import type { ListenerStore } from '../listeners/listener-store.ts';
import type { Lateness } from './lateness.ts';
import type { EventBody } from '../../shared/model.ts';
import type { Reporter } from './reporter.ts';
import { detailsOf, type Member, type Roster } from './roster.ts';

/** Characters of a message: those that tell of thousands of files or requests are for nobody to read. */
const mostLogged = 4000;

/** Who closes all that it listens on so soon (ms), and says that another one holds what it needs, is about to end. */
const hastyMs = 1000;

/** The server's side of it. */
export interface Hearer {
  readonly roster: Roster;
  readonly listeners: ListenerStore;
  readonly reporter: Reporter;
  readonly lateness: Lateness;
  readonly debugging: Debugging;
  isActive(generation: number): boolean;
  /** The generation that is booting. */
  candidate(): number | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
  input(input: Input): void;
  /** The status is another, in one of the details that change often. */
  changed(): void;
  unmanaged(generation: number): void;
  accepted(member: Member): void;
  closed(key: string): void;
  printed(chunk: Pick<OutputChunk, 'generation' | 'stream' | 'text'>): void;
  exchanged(line: string): void;
  emit(body: EventBody): void;
  gone(generation: number, loss: Loss): void;
}

export function generationEvents(generation: number, server: Hearer): GenerationEvents {
  const { roster, listeners, reporter } = server;
  const member = (): Member | undefined => roster.find(generation);
  /** There is another door for what they relay. */
  const tellOlder = (): void => {
    for (const { generation: number } of roster.draining)
      roster.find(number)?.generation.send({ type: 'relay', successor: roster.doorsOf(generation) });
  };
  const isReady = (): void => {
    const ready = member();
    if (ready !== undefined) reporter.ready(ready.generation);
    server.input({ type: 'ready', generation });
  };
  /** The next one is to be what these are now; it has served nobody. */
  const isOutdated = (files: readonly string[]): void => {
    if (server.candidate() !== generation) return; // there is a next one already
    server.input({ type: 'swap', cause: { kind: 'disk', files, at: server.now() } });
  };
  return {
    handle: (key, handle) => {
      if (!listeners.add(key, handle, generation)) {
        const message = `gen ${String(generation)} listens on more sockets than can be handed over: not on ${key}`;
        server.emit({ event: 'notice', level: 'warn', message });
      }
      if (server.isActive(generation)) listeners.settle(generation);
    },
    listening: (listener, adopted, accept) => {
      const { first } = member() ?? {};
      if (first !== undefined) first.listening ??= server.now();
      listeners.describe(listener);
      reporter.listening(generation, listener, adopted);
      if (server.isActive(generation)) {
        tellOlder();
        // Its command has started it anew, or one more of them: nobody else answers there.
        if (adopted && member()?.generation.served === true) accept();
      }
      server.changed();
    },
    ready: () => {
      const { outdated } = member() ?? {};
      if (outdated === undefined) isReady();
      else void outdated.then((files) => (files.length === 0 ? isReady() : isOutdated(files)));
    },
    unmanaged: () => server.unmanaged(generation),
    stopped: (progress) => {
      const stopped = member();
      if (stopped !== undefined) reporter.stopped(stopped, progress);
      server.input({ type: 'stopped', generation });
    },
    answered: () => {
      const answering = member();
      if (answering === undefined) return;
      answering.first.answered ??= server.now();
      const { serving } = answering;
      if (serving !== undefined) answering.serving = { ...serving, ...detailsOf(answering, serving.since) };
      server.changed();
    },
    wasReady: (readiness) => {
      server.lateness.learn(readiness);
      server.changed();
    },
    accepting: () => {
      const accepting = member();
      if (accepting !== undefined) server.accepted(accepting);
    },
    resumed: (ok) => server.input({ type: 'resumed', generation, ok }),
    holding: () => reporter.holds(),
    held: () => {
      if (server.candidate() !== undefined) reporter.held(generation);
      server.changed();
    },
    draining: ({ requests, eventStreams, webSockets, connections }) => {
      const drain = member()?.drain;
      if (drain !== undefined) drain.progress = { requests, eventStreams, webSockets, connections };
      server.changed();
    },
    passing: () => server.input({ type: 'passing', generation }),
    drained: (result) => {
      const drain = member()?.drain;
      if (drain !== undefined) drain.result = result;
      server.input({ type: 'drained', generation });
    },
    fewer: () => {
      if (server.isActive(generation)) tellOlder();
    },
    closed: (key) => {
      listeners.closedByApp(key, generation);
      if (!server.isActive(generation)) return;
      server.closed(key);
      const closing = member();
      const isHasty = server.now() - (closing?.serving?.since ?? 0) < hastyMs;
      if (closing?.generation.doors.size !== 0 || !isHasty) return;
      void closing.generation.loss().then((loss) => {
        if (loss.failure.contended === true) server.input({ type: 'lost', generation, ...loss });
      });
    },
    isOlder: (pid) =>
      roster.generations.some((one) => one.number !== generation && one.tree.command.members().includes(pid)),
    output: (stream, text) => server.printed({ generation, stream, text }),
    exchange: (line) => server.exchanged(line.slice(0, mostLogged)),
    inspecting: (where) => server.debugging.inspecting(generation, where),
    trouble: (message) => {
      server.emit({ event: 'notice', level: 'warn', message: `gen ${String(generation)}: ${message}` });
    },
    lost: (loss) => server.input({ type: 'lost', generation, ...loss }),
    gone: (loss) => server.gone(generation, loss),
  };
}
