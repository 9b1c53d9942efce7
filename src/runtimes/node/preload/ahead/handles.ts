/** What a module opens or starts that lives on, met before it is: the process waits, and then it happens. */
import { createHook } from 'node:async_hooks';
import { bindingOf } from '../engine/bindings.ts';
import { trace } from '../engine/stack.ts';

/** async_hooks, "type". Its `init` is called while the object is made, before it does anything. */
const starts: Readonly<Record<string, string>> = {
  Timeout: 'starts a timer',
  TCPWRAP: 'opens a socket',
  TCPSERVERWRAP: 'listens',
  PIPEWRAP: 'opens a pipe',
  PIPESERVERWRAP: 'listens',
  TTYWRAP: 'opens a terminal',
  UDPWRAP: 'opens a socket',
  PROCESSWRAP: 'starts a process',
  FSEVENTWRAP: 'watches files',
  STATWATCHER: 'watches files',
  GETADDRINFOREQWRAP: 'looks up a host',
  GETNAMEINFOREQWRAP: 'looks up a host',
  QUERYWRAP: 'looks up a host',
  WORKER: 'starts a thread',
  ELDHISTOGRAM: 'measures the event loop',
};
/** The process's own output is written to by Node, and its input is not read yet. */
const ownOutput = /\bcreateWritableStdioStream\b/;
const maybeOutput: ReadonlySet<string> = new Set(['PIPEWRAP', 'TTYWRAP', 'TCPWRAP']);

/** Addons that keep nothing open, and write nothing: to be loaded is all that they do. */
const harmless =
  /[\\/]node_modules[\\/](?:\.pnpm[\\/].*[\\/])?(?:bcrypt|argon2|sharp|canvas|bufferutil|utf-8-validate|fsevents|cpu-features|ssh2|snappy|re2|msgpackr-extract|esbuild|rollup|lightningcss|sass-embedded|@img|@esbuild|@rollup|@swc|@swc-node|@node-rs|@napi-rs|@oxc-[^\\/]*|@msgpackr-extract|@resvg|@tailwindcss|@unrs|@rspack)[\\/]/;

/** Returns what ends it. `stop` may block. */
export function watchHandles(stop: (before: string) => void): () => void {
  const hook = createHook({
    init: (_id, type) => {
      const does = starts[type];
      if (does === undefined || (maybeOutput.has(type) && ownOutput.test(trace()))) return;
      stop(does);
    },
  });
  hook.enable();
  const sync = bindingOf('spawn_sync') ?? {};
  const ends = [
    before(sync, 'spawn', () => stop('starts a process')),
    before(process as unknown as Record<string, unknown>, '_kill', () => stop('signals a process')),
    before(process as unknown as Record<string, unknown>, 'dlopen', (_module, file) => {
      if (typeof file !== 'string' || !harmless.test(file)) stop(`loads ${String(file)}`);
    }),
  ];
  return () => {
    hook.disable();
    for (const end of ends) end();
  };
}

/** The first addon that is loaded of which nobody knows what it opens; Node's own database is one, too. */
export function unknownAddon(): string | undefined {
  return Object.keys(require.cache).find((file) => file.endsWith('.node') && !harmless.test(file));
}

export function before(
  owner: Record<string, unknown>,
  name: string,
  note: (...args: readonly unknown[]) => void,
): () => void {
  const original = owner[name];
  if (typeof original !== 'function') return () => undefined;
  const noting = function (this: unknown, ...args: unknown[]): unknown {
    note(...args);
    return Reflect.apply(original as (...all: unknown[]) => unknown, this, args);
  };
  owner[name] = Object.defineProperties(noting, Object.getOwnPropertyDescriptors(original));
  return () => {
    if (owner[name] === noting) owner[name] = original;
  };
}
