/**
 * Who asks for the time while the app is run ahead may keep it, and would be told one that is long over. Node's clocks
 * stay what they are: only that somebody takes one up is seen, and by whom.
 */
import Module from 'node:module';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { dirname } from '../engine/paths.ts';
import { callerOf } from '../engine/stack.ts';
import type { Site } from '../engine/stack.ts';

/** `Date` is more than a clock: it is a type, too. */
const asksDate = /\bDate\s*\.\s*now\s*\(|\bnew\s+Date\b(?!\s*\(\s*[^\s)])|(?<!\bnew\s+)\bDate\s*\(\s*\)/;
/** How far an expression goes that begins where V8 says that `Date` was taken up. */
const mostOfExpression = 1000;
/** They measure how long they take, and keep nothing of it. */
const compilers =
  /[\\/]node_modules[\\/](?:\.pnpm[\\/].*[\\/])?(?:typescript|ts-node|tsx|esbuild|sucrase|pirates|source-map-support|@swc|@swc-node|@babel)[\\/]/;

const ours = dirname(__filename);
/** Node's own, from before anybody could replace it. */
const plainLoader = (Module as unknown as { _extensions: Record<string, unknown> })._extensions['.js'];

/** Returns what ends it. `stop` may block; what is asked for is told afterwards. `textOf`: a file as it is. */
export function watchClocks(stop: (before: string) => void, textOf: (file: string) => string): () => void {
  const asks = (site: Site | undefined): void => {
    if (!isNobodys(fileOf(site))) stop('asks for the time');
  };
  const takesDate = (site: Site | undefined): void => {
    const file = fileOf(site);
    if (isNobodys(file)) return;
    const text = site === undefined || file === undefined ? 'Date()' : textOf(file);
    const isWhole = site === undefined || file === undefined || !isAsWritten(file);
    if (asksDate.test(isWhole ? text : expressionAt(text, site.getPosition()))) stop('asks for the time');
  };
  const clock = Object.hasOwn(performance, 'now')
    ? performance
    : (Object.getPrototypeOf(performance) as object);
  const ends = [
    taken(globalThis, 'Date', takesDate),
    taken(clock, 'now', asks),
    taken(process, 'hrtime', asks),
    taken(process, 'uptime', asks),
    taken(console, 'time', asks),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Of those who ask and keep nothing of it: Node, compilers, we. */
function isNobodys(file: string | undefined): boolean {
  return file !== undefined && (file.startsWith('node:') || compilers.test(file) || file.startsWith(ours));
}

/** No hook for `require` has compiled it to something else. */
function isAsWritten(file: string): boolean {
  const { _extensions } = Module as unknown as { _extensions: Record<string, unknown> };
  return /\.c?js$/.test(file) && _extensions['.js'] === plainLoader;
}

function expressionAt(text: string, position: number): string {
  const rest = text.slice(position, position + mostOfExpression);
  const end = rest.indexOf(';');
  return end < 0 ? rest : rest.slice(0, end);
}

/** `before` is called whenever somebody gets that property, which stays what it was. */
function taken(owner: object, name: string, before: (site: Site | undefined) => void): () => void {
  const original = Object.getOwnPropertyDescriptor(owner, name);
  if (original?.configurable !== true || original.get !== undefined) return () => undefined;
  const state = { value: original.value as unknown };
  const get = (): unknown => {
    before(callerOf(get));
    return state.value;
  };
  const set = (value: unknown): void => {
    state.value = value;
  };
  const { enumerable = false } = original;
  Object.defineProperty(owner, name, { configurable: true, enumerable, get, set });
  return () => {
    if (Object.getOwnPropertyDescriptor(owner, name)?.get !== get) return; // somebody came after us
    Object.defineProperty(owner, name, { ...original, value: state.value });
  };
}

function fileOf(site: Site | undefined): string | undefined {
  const name = site?.getFileName() ?? undefined;
  return name?.startsWith('file:') === true ? fileURLToPath(name.replace(/[?#].*$/s, '')) : name;
}
