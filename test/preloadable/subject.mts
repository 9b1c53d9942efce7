/** What is tried: an app that loads one package or two, among modules of its own that write down what they see. */
import { witness } from '../supervisor/equivalence-apps/witness.ts';

/** How it loads them. */
export const forms = ['require', 'import'] as const;
export type Form = (typeof forms)[number];

export interface Subject {
  /** In this order; without versions. */
  readonly packages: readonly string[];
  readonly form: Form;
}

/** `import debug, express`. */
export function nameOf({ packages, form }: Subject): string {
  return `${form} ${packages.join(', ')}`;
}

/** Relative path → content. It answers each request with what was written down. */
export function filesOf(subject: Subject): Readonly<Record<string, string>> {
  const own = {
    'package.json': '{"name":"app","private":true}',
    'lib/witness.cjs': witness,
    'lib/seen.cjs': seen,
  };
  return subject.form === 'require'
    ? { ...own, 'server.js': requiring(subject.packages) }
    : { ...own, ...importing(subject.packages) };
}

export function commandOf({ form }: Subject): readonly string[] {
  return ['node', form === 'require' ? 'server.js' : 'server.mjs'];
}

/** What an exports object is like, without making anything that is only made when somebody looks. */
const seen = String.raw`
'use strict';
const { note } = require('./witness.cjs');
const kind = (object, key) => {
  const { get, value } = Object.getOwnPropertyDescriptor(object, key);
  return [String(key), get !== undefined ? 'getter' : typeof value];
};
const shape = (value) => {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return typeof value;
  // An ES module's namespace gets what it has, which may have to be made.
  const keys = Reflect.ownKeys(value);
  return [typeof value, require('node:util').types.isModuleNamespaceObject(value) ? keys.map(String) : keys.map((key) => kind(value, key))];
};
exports.saw = (name, exports) => {
  const { prototype } = typeof exports === 'function' ? exports : {};
  note(name, [shape(exports), shape(prototype)]);
};`;

const server = `
http.createServer((request, response) => response.end(report())).listen(process.env.PORT, () => note('listens'));`;

const requiring = (packages: readonly string[]): string => `
const { note, report } = require('./lib/witness.cjs');
const { saw } = require('./lib/seen.cjs');
note('begins');
${packages.map((name) => `saw('${name}', require('${name}'));`).join('\n')}
const http = require('node:http');${server}`;

function importing(packages: readonly string[]): Record<string, string> {
  const between = (at: number): string => `
import witness from './lib/witness.cjs';
import seen from './lib/seen.cjs';
import * as exports from '${packages[at] ?? ''}';
seen.saw('${packages[at] ?? ''}', exports);`;
  return {
    'begins.mjs': `
import witness from './lib/witness.cjs';
witness.note('begins');`,
    ...Object.fromEntries(packages.map((_, at) => [`loads${at}.mjs`, between(at)])),
    'server.mjs': `
import './begins.mjs';
${packages.map((_, at) => `import './loads${at}.mjs';`).join('\n')}
import http from 'node:http';
import witness from './lib/witness.cjs';
const { note, report } = witness;${server}`,
  };
}
