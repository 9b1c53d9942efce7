/** What an app of the equivalence test is. */
import { witness } from './witness.ts';

export interface Asking {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface EquivalenceApp {
  /** The packages that it is about. */
  readonly name: string;
  /** Its own files, with `version`, which the edit changes, in at least one of them. */
  readonly files: (version: string) => Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Besides `/seen`, which tells what the app saw. */
  readonly requests: readonly Asking[];
  /** What its standby leaves for the app to load, and why; nothing if absent. */
  readonly leftOut?: readonly string[];
  /** At least so many modules are warm. */
  readonly modules: number;
}

/** With `lib/witness.cjs`, and `lib/version.cjs`, which is what the edit changes. */
export function appOf(
  own: Readonly<Record<string, string>>,
): (version: string) => Readonly<Record<string, string>> {
  return (version) => ({
    ...own,
    'lib/witness.cjs': witness,
    'lib/version.cjs': `
const { note } = require('./witness.cjs');
note('version');
module.exports = '${version}';`,
  });
}

/** The same with `lib/version.ts`. */
export function typedAppOf(
  own: Readonly<Record<string, string>>,
): (version: string) => Readonly<Record<string, string>> {
  return (version) => ({
    ...own,
    'lib/witness.cjs': witness,
    'lib/version.ts': `
import witness from './witness.cjs';
witness.note('version');
export const version: string = '${version}';`,
  });
}

export const json = (path: string, body: unknown, headers: Asking['headers'] = {}): Asking => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
