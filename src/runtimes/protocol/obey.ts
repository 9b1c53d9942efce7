/**
 * What a process does on each word of the supervisor. A new message is a line here, in terms of what every process that
 * takes part can do; what it could not do before is a method more, which each runtime then has to have.
 */
import type { Doors, ToGeneration } from './messages.ts';
import { wordFor } from './words.ts';
import type { Words } from './words.ts';

/** The methods do what README.md says of the messages. */
export interface ProcessSide {
  comeFirst(): void;
  accept(): void;
  prepare(): void;
  hold(): void;
  release(): void;
  stop(successor: Doors, drainMs: number, canary: boolean): Promise<void>;
  vacate(drainMs: number): void;
  beRestarted(drainMs: number): void;
  remember(): void;
  inspect(): void;
  relay(successor: Doors): void;
  resume(): void;
  retire(signal?: NodeJS.Signals, since?: number): void;
  tellFiles(id: number): void;
  tellModules(id: number): void;
  tellRequests(id: number): void;
  tellMarks(id: number): void;
  cut(request: number): void;
}

const words: Words<ToGeneration, ProcessSide, void | Promise<void>> = {
  first: (process) => process.comeFirst(),
  accept: (process) => process.accept(),
  prepare: (process) => process.prepare(),
  hold: (process) => process.hold(),
  release: (process) => process.release(),
  stop: (process, { successor, drainMs, canary }) => process.stop(successor, drainMs, canary),
  vacate: (process, { drainMs }) => process.vacate(drainMs),
  restarted: (process, { drainMs }) => process.beRestarted(drainMs),
  remember: (process) => process.remember(),
  inspect: (process) => process.inspect(),
  relay: (process, { successor }) => process.relay(successor),
  resume: (process) => process.resume(),
  retire: (process, { signal, since }) => process.retire(signal, since),
  files: (process, { id }) => process.tellFiles(id),
  modules: (process, { id }) => process.tellModules(id),
  requests: (process, { id }) => process.tellRequests(id),
  marks: (process, { id }) => process.tellMarks(id),
  cut: (process, { request }) => process.cut(request),
};

/** Unknown messages are a newer supervisor's. */
export async function obey(message: ToGeneration, process: ProcessSide): Promise<void> {
  await wordFor(words, message)?.(process, message);
}
