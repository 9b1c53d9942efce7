/** Output streams of the process while modules are loaded before the app. */
import type { Blame } from './watches.ts';

interface Handle {
  ref(): void;
  unref(): void;
}
type Stream = NodeJS.WriteStream & { readonly _handle?: Handle | null };

/**
 * Whoever looks first at an output stream of the process makes it. That is no offence: it can be told only from the
 * list of what is active, and is kept out of that until the app looks at the stream, or loads who did. To write is.
 */
export function watchStreams(
  blame: Blame,
  defer: (hide: () => () => void) => void,
): { readonly areMade: boolean; end: () => void } {
  const ends: (() => void)[] = [];
  const watch = { areMade: false, end: () => ends.forEach((end) => end()) };
  for (const name of ['stdout', 'stderr'] as const) {
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
      const { write } = made;
      const noting = (...all: unknown[]): boolean => {
        blame('prints');
        return Reflect.apply(write, made, all) as boolean;
      };
      watchWrite(made, noting, () => blame(`replaces process.${name}.write`));
      ends.push(() => {
        if (made.write === noting) Reflect.deleteProperty(made, 'write');
      });
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

/** Instead of the one that is not its own. */
function watchWrite(stream: Stream, noting: Stream['write'], replaced: () => void): void {
  Object.defineProperty(stream, 'write', {
    configurable: true,
    enumerable: true,
    get: () => noting,
    set: (value) => {
      replaced();
      Object.defineProperty(stream, 'write', { value, configurable: true, enumerable: true, writable: true });
    },
  });
}
