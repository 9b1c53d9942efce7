/** NODE_OPTIONS with and without our flags; what the user has in it stays, in its order. */
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Beside the preload: has a standby load ES modules, which the preload, being CommonJS, can't. */
const standbyFile = 'standby.mjs';

/** Its text: it does what the preload left for it, if this process stands by. See preload/main.ts. */
export const standbyModule = `const standBy = globalThis[Symbol.for('hot-swap.standby')];
if (standBy !== undefined) {
  const json = { with: { type: 'json' } };
  await standBy((specifier) => (specifier.endsWith('.json') ? import(specifier, json) : import(specifier)));
}
`;

export function standbyModuleOf(preload: string): string {
  return join(dirname(preload), standbyFile);
}

/** `importing`: for a standby that loads ES modules, too. */
export function nodeOptionsWith(options: string, preload: string, importing = false): string {
  const flags = importing ? [requireFlag(preload), importFlag(preload)] : [requireFlag(preload)];
  const rest = nodeOptionsWithout(options, preload);
  return [...flags, ...(rest === '' ? [] : [rest])].join(' ');
}

/** Wherever they are: scripts put their own options before what they inherit, too. */
export function nodeOptionsWithout(options: string, preload: string): string {
  const withoutRequire = without(options, requireFlag(preload));
  return withoutRequire.includes(standbyFile) ? without(withoutRequire, importFlag(preload)) : withoutRequire;
}

function without(options: string, own: string): string {
  const at = options.indexOf(own);
  if (at < 0) return options;
  return `${options.slice(0, at)}${options.slice(at + own.length).trimStart()}`.trimEnd();
}

function requireFlag(preload: string): string {
  return `--require ${quote(preload)}`;
}

function importFlag(preload: string): string {
  return `--import ${quote(pathToFileURL(standbyModuleOf(preload)).href)}`;
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
