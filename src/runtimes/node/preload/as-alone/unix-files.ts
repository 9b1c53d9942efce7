/**
 * The files of Unix sockets on which another generation may be serving: to this process they are what a run before
 * left behind. Everybody removes such a file before listening, and many at exit; it is gone to them, but stays, since
 * clients find the listener by it. Where this process accepts, everything is as it is.
 *
 * Below `fs`, whose functions stay Node's: in the binding, of which these functions take a path first.
 */
import { basename, resolve } from '../engine/paths.ts';
import { bindingOf } from '../engine/bindings.ts';
import { pathOf } from './key-address.ts';

type Call = (this: unknown, file: unknown, ...others: unknown[]) => unknown;

/** Where nothing is: only whoever compares it letter by letter sees it in an error's text. */
const nowhere = (file: string): string => `${file} `;

const lookers = ['access', 'existsSync', 'stat', 'lstat', 'chmod', 'chown', 'lchown', 'rename'];
/** access(2): is it there? */
const isThere = 0;

interface UnixFile {
  isGone: boolean;
  isLive: () => boolean;
}

export class UnixFiles {
  private readonly files = new Map<string, UnixFile>();
  private readonly names = new Set<string>();
  private isWatching = false;

  /** `keys`: of inherited listeners. */
  constructor(keys: readonly string[]) {
    for (const key of keys) {
      const path = pathOf(key);
      if (path !== undefined) this.add(path, () => false);
    }
  }

  /** The app listens there; `isLive`: and it accepts. */
  listens(path: string, isLive: () => boolean): void {
    this.add(path, isLive);
  }

  /** As connect(2) says it of such a file without a server; undefined where this is none of our concern. */
  refusal(path: string): 'ENOENT' | 'ECONNREFUSED' | undefined {
    const file = this.find(path);
    return file === undefined ? undefined : file.isGone ? 'ENOENT' : 'ECONNREFUSED';
  }

  private add(path: string, isLive: () => boolean): void {
    this.files.set(path, { isGone: false, isLive });
    this.names.add(basename(path));
    if (!this.isWatching) this.watch();
  }

  private watch(): void {
    this.isWatching = true;
    const binding = bindingOf('fs') as Record<string, Call | undefined> | undefined;
    if (binding === undefined) return;
    const { access } = binding;
    for (const name of lookers) {
      this.wrap(binding, name, (original, file, path, others) =>
        original(file.isGone ? nowhere(path) : path, ...others),
      );
    }
    this.wrap(binding, 'unlink', (original, file, path, others) => {
      if (file.isGone || access === undefined) return original(nowhere(path), ...others);
      file.isGone = true;
      return Reflect.apply(access, binding, [path, isThere, ...others]); // succeeds, in the way that was asked for
    });
    this.wrap(binding, 'rmSync', (original, file, path, others) => {
      if (file.isGone) return original(nowhere(path), ...others);
      file.isGone = true;
      return undefined;
    });
  }

  private wrap(
    binding: Record<string, Call | undefined>,
    name: string,
    instead: (
      original: (...all: unknown[]) => unknown,
      file: UnixFile,
      path: string,
      others: unknown[],
    ) => unknown,
  ): void {
    const original = binding[name];
    if (original === undefined) return;
    const find = (path: string): UnixFile | undefined => this.find(path);
    binding[name] = function (this: unknown, ...all): unknown {
      const [path, ...others] = all;
      const file = typeof path === 'string' ? find(path) : undefined;
      if (file === undefined) return Reflect.apply(original, this, all);
      return instead(
        (...other) => Reflect.apply(original, this, other) as unknown,
        file,
        path as string,
        others,
      );
    };
  }

  private find(path: string): UnixFile | undefined {
    if (!this.names.has(basename(path))) return undefined;
    const file = this.files.get(resolve(path));
    return file?.isLive() === false ? file : undefined;
  }
}
