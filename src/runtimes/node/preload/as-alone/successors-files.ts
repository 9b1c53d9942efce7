/**
 * What a successor has made is not its predecessor's to remove: pid files, `run/ready`. Under `npm run dev` an app's
 * exit handlers run before the next start; here the next one is up already. So to a process that leaves, removing a
 * file that was written since its successor started succeeds, and the file stays.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { join, resolve } from '../engine/paths.ts';
import { bindingOf } from '../engine/bindings.ts';

type Call = (this: unknown, ...args: unknown[]) => unknown;
type FsBinding = Record<string, Call | undefined>;

/** File systems stamp with a clock that may be this much behind (ms). */
const granularityMs = 10;

/** Of the binding, in which all of `fs` and `fs.promises` ends; where the request of an asynchronous call is. */
const removers = { unlink: 1, rmdir: 1 } as const;
const writers = ['open', 'openFileHandle', 'writeFileUtf8'];

/** From here on. `since`: when the successor started, ms since the epoch. */
export function keepSuccessorsFiles(since: number): void {
  const binding = bindingOf('fs') as FsBinding | undefined;
  if (binding === undefined) return;
  const files = new SuccessorsFiles(since - granularityMs);
  for (const name of writers) {
    wrap(binding, name, (args, call) => {
      if (name !== 'open' && name !== 'openFileHandle') files.writes(args[0]);
      else if (typeof args[1] === 'number' && args[1] !== 0) files.writes(args[0]);
      return call();
    });
  }
  for (const [name, request] of Object.entries(removers)) {
    wrap(binding, name, (args, call) => {
      if (!files.has(args[0])) return call();
      // As soon and in the same way as if it had been done: by callback, promise or at once.
      return args[request] === undefined ? undefined : binding['access']?.('/', 0, args[request]);
    });
  }
  // Newer Nodes remove a whole tree in one call: it is taken apart if there is anything to keep in it.
  wrap(binding, 'rmSync', (args, call) => {
    const [path] = args;
    if (typeof path !== 'string' || !files.hasAny(path)) return call();
    removeOthers(path, binding);
    return undefined;
  });
}

class SuccessorsFiles {
  private readonly since: number;
  /** By this process, meanwhile. */
  private readonly own = new Set<string>();

  constructor(since: number) {
    this.since = since;
  }

  writes(path: unknown): void {
    if (typeof path === 'string') this.own.add(resolve(path));
  }

  /** A file of the successor's, or a folder with nothing else in it. */
  has(path: unknown): boolean {
    if (typeof path !== 'string' && !Buffer.isBuffer(path)) return false;
    return this.isKept(path.toString(), (inside, isKept) => inside.every(isKept));
  }

  /** Or a folder with something of the successor's in it. */
  hasAny(path: string): boolean {
    return this.isKept(path, (inside, isKept) => inside.some(isKept));
  }

  private isKept(
    path: string,
    decide: (inside: string[], isKept: (file: string) => boolean) => boolean,
  ): boolean {
    try {
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (found === undefined) return false;
      if (!found.isDirectory())
        return Math.max(found.mtimeMs, found.birthtimeMs) > this.since && !this.own.has(resolve(path));
      const inside = readdirSync(path).map((name) => join(path, name));
      if (inside.length === 0) return found.birthtimeMs > this.since;
      return decide(inside, (file) => this.isKept(file, decide));
    } catch {
      return false; // whoever removes it will hear why that can't be done
    }
  }
}

/** By calls that keep what is to be kept. */
function removeOthers(path: string, binding: FsBinding): void {
  if (lstatSync(path).isDirectory()) {
    for (const name of readdirSync(path)) removeOthers(join(path, name), binding);
    if (readdirSync(path).length === 0) binding['rmdir']?.(path);
  } else {
    binding['unlink']?.(path);
  }
}

function wrap(
  binding: FsBinding,
  name: string,
  instead: (args: readonly unknown[], call: () => unknown) => unknown,
): void {
  const original = binding[name];
  if (original === undefined) return;
  binding[name] = function (this: unknown, ...args): unknown {
    return instead(args, () => Reflect.apply(original, this, args));
  };
}
