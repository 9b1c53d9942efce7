/**
 * What the supervisor does about each thing that a process says. A new message is a line here, in terms of what the
 * supervisor can do about a process; what it could not do before is a method more.
 */
import type { DrainProgress, DrainResult } from '../../shared/model.ts';
import type { RequestMarks } from '../../shared/told/requests.ts';
import type { FromGeneration } from './messages.ts';
import { wordFor } from './words.ts';
import type { Words } from './words.ts';

type Said<Type extends FromGeneration['type']> = FromGeneration & { readonly type: Type };

/** One process of a generation, as the supervisor sees it. The methods are about what README.md says of the messages. */
export interface SupervisorSide {
  listening(message: Said<'listening'>): void;
  listenFailed(message: Said<'listenFailed'>): void;
  closed(key: string, kept: boolean): void;
  holding(): void;
  held(requests: number): void;
  accepting(): void;
  answered(): void;
  wasReady(message: Said<'wasReady'>): void;
  lastGet(message: Said<'lastGet'>): void;
  stopped(progress: DrainProgress): void;
  resumed(ok: boolean): void;
  draining(progress: DrainProgress): void;
  passing(): void;
  drained(result: DrainResult): void;
  inspecting(where: Said<'inspecting'>): void;
  trouble(message: string): void;
  /** To the question with that number. */
  answer(id: number, answer: Said<'files'> | Said<'modules'> | Said<'requests'> | Said<'marks'>): void;
  /** Before it leaves. */
  marked(marks: RequestMarks): void;
}

const words: Words<FromGeneration, SupervisorSide> = {
  hello: () => undefined, // once more: it is known already
  listening: (supervisor, message) => supervisor.listening(message),
  listenFailed: (supervisor, message) => supervisor.listenFailed(message),
  closed: (supervisor, { key, kept }) => supervisor.closed(key, kept === true),
  holding: (supervisor) => supervisor.holding(),
  held: (supervisor, { requests }) => supervisor.held(requests),
  accepting: (supervisor) => supervisor.accepting(),
  answered: (supervisor) => supervisor.answered(),
  wasReady: (supervisor, message) => supervisor.wasReady(message),
  lastGet: (supervisor, message) => supervisor.lastGet(message),
  stopped: (supervisor, progress) => supervisor.stopped(progress),
  resumed: (supervisor, { ok }) => supervisor.resumed(ok),
  draining: (supervisor, progress) => supervisor.draining(progress),
  passing: (supervisor) => supervisor.passing(),
  drained: (supervisor, result) => supervisor.drained(result),
  inspecting: (supervisor, message) => supervisor.inspecting(message),
  trouble: (supervisor, { message }) => supervisor.trouble(message),
  files: (supervisor, message) => supervisor.answer(message.id, message),
  modules: (supervisor, message) => supervisor.answer(message.id, message),
  requests: (supervisor, message) => supervisor.answer(message.id, message),
  marks: (supervisor, message) =>
    message.id === undefined ? supervisor.marked(message) : supervisor.answer(message.id, message),
};

/** Unknown messages are a newer runtime's. */
export function hear(message: FromGeneration, supervisor: SupervisorSide): void {
  wordFor(words, message)?.(supervisor, message);
}
