/** The runtimes that there are, and what they know taken together. */
import { locateForCompilers } from './compilers.ts';
import type { Own } from './protocol/standby.ts';
import { node } from './node/runtime.ts';
import { python } from './python/runtime.ts';
import { ruby } from './ruby/runtime.ts';
import type { ErrorLocation, Runtime } from './runtime.ts';

/** The likeliest first: its words are used where a command does not tell. */
const runtimes: readonly [Runtime, ...Runtime[]] = [node, python, ruby];

/** By the first word of the protocol's `hello.runtime`. */
export function runtimeNamed(hello: string): Runtime | undefined {
  const [name] = hello.split(' ', 1);
  return runtimes.find((runtime) => runtime.name === name);
}

/** Before a process has said so: by the programs that the command names. */
export function runtimeOf(command: string | readonly string[]): Runtime {
  const words = typeof command === 'string' ? command.split(/\s+/) : command;
  return words.map(runtimeOfProgram).find((found) => found !== undefined) ?? runtimes[0];
}

/** `node`, `/usr/bin/node`; undefined for what starts other programs (npm, sh), and for what nobody knows. */
export function runtimeOfProgram(program: string): Runtime | undefined {
  const name = program.replace(/^.*[/\\]/, '');
  return runtimes.find((runtime) => runtime.recognises(name));
}

export function install(bundle: string, folder: string): void {
  for (const runtime of runtimes) runtime.install(bundle, folder);
}

/** `standby`: of one runtime, whose processes alone stand by. */
export function equip(
  env: Readonly<Record<string, string>>,
  folder: string,
  standby?: { readonly runtime: Runtime; readonly own: Own },
): Readonly<Record<string, string>> {
  return runtimes.reduce(
    (equipped, runtime) =>
      runtime.equip(equipped, folder, standby?.runtime === runtime ? standby.own : undefined),
    env,
  );
}

export function entries(folder: string): Readonly<Record<string, string>> {
  return Object.assign({}, ...runtimes.map((runtime) => runtime.entries?.(folder))) as Record<string, string>;
}

export function isDependency(file: string): boolean {
  return runtimes.some(({ sources }) => sources.isDependency(file));
}

export function namedIn(command: string | readonly string[], cwd: string): string[] {
  return runtimes.flatMap(({ sources }) => sources.namedIn(command, cwd));
}

export function isCode(file: string): boolean {
  return runtimes.some(({ sources }) => sources.isCode(file));
}

export function mayGoUnreported(file: string): boolean {
  return runtimes.some(({ sources }) => sources.mayGoUnreported(file));
}

export const conventional: readonly string[] = runtimes.flatMap(({ sources }) => sources.conventional);

export function locateError(output: string, root: string): ErrorLocation | undefined {
  const found = runtimes.flatMap(({ errors }) => errors.locate(output, root) ?? []);
  // One that knows the place has understood what another one only took for an error.
  return found.find(({ file }) => file !== undefined) ?? locateForCompilers(output, root) ?? found[0];
}

export function failedListen(output: string): { readonly code: string; readonly port: number } | undefined {
  return firstOf(({ errors }) => errors.failedListen(output));
}

function firstOf<Found>(ask: (runtime: Runtime) => Found | undefined): Found | undefined {
  for (const runtime of runtimes) {
    const found = ask(runtime);
    if (found !== undefined) return found;
  }
  return undefined;
}
