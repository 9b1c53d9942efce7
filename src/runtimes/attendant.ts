/**
 * Servers in whose processes nothing of ours can be: an attendant outside of them speaks the protocol for each of their
 * generations. A new way is a folder with one of these, and a line in ways.ts; the supervisor knows nothing else of it.
 */
import type { ServerSpec } from '../shared/spec.ts';
import type { FromGeneration, ToGeneration } from './protocol/messages.ts';
import type { Participation } from './runtime.ts';

export interface Way {
  /** As in the setting. */
  readonly name: NonNullable<ServerSpec['way']>;
  /** Puts what it needs beside the supervisor into its private folder. */
  install?(bundle: string, folder: string): void;
  /** Undefined: this server does not go this way, as far as its settings and its command say. */
  attend(spec: ServerSpec, site: Site): Attendant | undefined;
  /** The same of one that listens by itself, and with which nobody can speak. */
  attendFound?(spec: ServerSpec, found: Found, site: Site): Promise<Attendant | undefined>;
}

/** Where a server was found listening. */
export interface Found {
  readonly port: number;
  /** Of its executable: `bun`. */
  readonly program: string;
}

export interface Site {
  /** The supervisor's private one. */
  readonly folder: string;
}

/** Of one server, for all its generations. */
export interface Attendant {
  readonly participation: Participation;
  /** For the tooltip: `front on :8080`. */
  readonly promise: string;
  /** Which files make the server what it is, since nobody reports what is loaded. Relative to its folder. */
  readonly sources: SourceGlobs;
  /** Resolves when the next generation can be started. */
  ready(): Promise<void>;
  /** `replaces`: there is one that serves. */
  next(spec: ServerSpec, generation: number, replaces: boolean): Attended;
  /** The server is given up. */
  close(): void;
}

export interface SourceGlobs {
  readonly watch: readonly string[];
  /** What is made of them, what others wrote, what the server writes. */
  readonly ignore: readonly string[];
}

/** Of one generation: how it is started, and who speaks for it. */
export interface Attended {
  readonly command: string | readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Inherited from 3 on. */
  readonly descriptors: readonly number[];
  /** Keys of the listeners that it is to serve. */
  readonly expects: readonly string[];
  /** What is missing if it listens somewhere else, and what to do. */
  readonly uninvited: { readonly missing: string; readonly advice: string };
  /** It did not listen in time: a question or a sentence. */
  readonly notReadyAdvice: string;
  /** It was started. */
  begin(subject: Subject): void;
  hear(message: ToGeneration): void;
  printed(text: string): void;
  /** Whether that is a port on which it was to listen. */
  isExpected(port: number): boolean;
  /** The process that was started has ended. */
  ended(): void;
}

/** A generation, as its attendant has it. */
export interface Subject {
  readonly pid: number;
  members(): readonly number[];
  /** To all its processes. */
  signal(signal: NodeJS.Signals): void;
  /** Undefined: nobody listens there yet. Null: the system does not tell. */
  listens(port: number): Promise<Listening | undefined | null>;
  /** From here on it takes part. */
  joins(runtime: string): void;
  says(message: FromGeneration): void;
  /** Nobody speaks for it any more. */
  leaves(): void;
  /** A listener that outlives it; `close` is called when nobody wants it any more. */
  keeps(key: string, close: () => void): void;
}

export interface Listening {
  /** It listens on every address, not only on the loopback's. */
  readonly isPublic: boolean;
  /** To reach it: `127.0.0.1`, `::1`. */
  readonly host: string;
}
