/** The process's own streams while modules are loaded before the app. */
import type { Blame } from './watches.ts';

interface Handle {
  ref(): void;
  unref(): void;
}
type Stream = NodeJS.WriteStream & { readonly _handle?: Handle | null };

/**
 * Whoever looks first at a stream of the process makes it, as each `import process from 'node:process'` does. That is no
 * offence: it can be told only from the list of what is active, and is kept out of that until the app looks at the
 * stream, or loads who did. To write is; and input, of which nothing is read before somebody asks for it, is kept.
 */
export function watchStreams(
  blame: Blame,
  defer: (hide: () => () => void) => void,
): { readonly areMade: boolean; end: () => void } {
  const ends: (() => void)[] = [];
  const watch = { areMade: false, end: () => ends.forEach((end) => end()) };
  for (const name of ['stdin', 'stdout', 'stderr'] as const) {
    const original = Object.getOwnPropertyDescriptor(process, name);
    const make = original?.get as (() => Stream) | undefined;
    if (original === undefined || make === undefined) continue;
    const restore = (): void => void Object.defineProperty(process, name, original);
    let stream: Stream | undefined;
    let hidden = false;
    const show = (): void => {
      if (hidden) stream?._handle?.ref();
      hidden = false;
      restore();
    };
    const get = (): Stream => {
      if (stream !== undefined) return stream;
      watch.areMade = true;
      const made = (stream = make.call(process));
      watch.areMade = false;
      if (name !== 'stdin') ends.push(watchWrite(made, name, blame));
      defer(() => {
        made._handle?.unref();
        hidden = true;
        const look = (): Stream => {
          show();
          return made;
        };
        Object.defineProperty(process, name, { ...original, get: look });
        return show;
      });
      return made;
    };
    Object.defineProperty(process, name, { ...original, get });
    ends.push(restore);
  }
  return watch;
}

/** Instead of the one that is not its own. Returns what ends it. */
function watchWrite(stream: Stream, name: string, blame: Blame): () => void {
  const { write } = stream;
  const noting = (...all: unknown[]): boolean => {
    blame('prints');
    return Reflect.apply(write, stream, all) as boolean;
  };
  Object.defineProperty(stream, 'write', {
    configurable: true,
    enumerable: true,
    get: () => noting,
    set: (value) => {
      blame(`replaces process.${name}.write`);
      Object.defineProperty(stream, 'write', { value, configurable: true, enumerable: true, writable: true });
    },
  });
  return () => {
    if (stream.write === noting) Reflect.deleteProperty(stream, 'write');
  };
}
