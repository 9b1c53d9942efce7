/** What a row of the matrix is made of. `{port}` in any text stands for the row's port, `{port2}` and `{port3}` for more. */
import type { Details } from '../bench/load/connection.mts';

/** How the server's folder comes to be. It is made once and kept by what is said here. */
export interface Project {
  /** This package of npm, as if it were the checkout: unpacked, its own dependencies installed in it. */
  readonly packed?: string;
  /** Generators of npm, and what is run with them to make a folder `app`. `{modules}` is where they are. */
  readonly generator?: { readonly packages: readonly string[]; readonly run: readonly (readonly string[])[] };
  /** Path in the folder → content; written after the above. */
  readonly files?: Readonly<Record<string, string>>;
  /** More packages for it, of `versions.mts`. */
  readonly adds?: readonly string[];
  /** Who installs; npm unless it is said. */
  readonly by?: 'npm' | 'pnpm' | 'yarn';
  /** Packages whose install scripts are run: what they compile is needed. */
  readonly compiles?: readonly string[];
  /** Commands after that, in the folder. */
  readonly then?: readonly (readonly string[])[];
}

export type SaveKind = 'entry' | 'route' | 'deep' | 'config';

/** A file of the server, and what a save does to it. */
export interface Save {
  readonly file: string;
  /** Of the text as it was made; unless it is given, a line that has each answer tell the number of the save. */
  readonly edit?: (text: string, number: number) => string;
  /** Whether answers tell the number; by default those that a line of code does. */
  readonly shows?: boolean;
  /** What a save of it is to do, `swap` unless it is said: `none` is for what the server takes up by itself. */
  readonly expect?: 'swap' | 'none';
}

export type Speaks = 'http' | 'https' | 'http2' | 'lines';

/** Something that stays connected, and comes back when it is cut. */
export interface Stream {
  readonly is: 'websocket' | 'events';
  readonly path: string;
  readonly protocol?: string;
  /** Sent one by one when it is open. */
  readonly hello?: readonly string[];
  /** Messages that want an answer. */
  readonly answers?: Readonly<Record<string, string>>;
}

export interface Post extends Details {
  readonly path: string;
  readonly body: string;
}

export interface Recipe {
  readonly name: string;
  /** Shown instead of the name. */
  readonly title?: string;
  readonly project: Project;
  /** Whose version is shown; else the project's own package or generator. */
  readonly shown?: string;
  /** Its own dev command, as a person types it. */
  readonly command: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly speaks?: Speaks;
  /** Paths that are asked for in turn; `/`. */
  readonly get?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Every tenth request; `{n}` in the path and the body counts up. */
  readonly post?: Post;
  readonly streams?: readonly Stream[];
  readonly saves: Readonly<Record<SaveKind, string | Save>>;
  /** What is broken and mended; the route. */
  readonly breaks?: SaveKind;
  /** Of a command that builds: the builders' command lines, and the file that is built of the route. */
  readonly builds?: { readonly by: RegExp; readonly to: string };
  /** A server of Debian's that it talks to: `{redis}` and `{postgres}` stand for its port. */
  readonly needs?: 'redis' | 'postgres';
  /** What Hot Swap does not promise of it. */
  readonly notPromised?: string;
  /** Installs within CI's time. */
  readonly ci?: true;
}

/** `{port}` and the like. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
