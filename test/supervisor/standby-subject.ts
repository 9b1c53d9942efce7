/** An app around one package, the subject, that does something while it loads. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Running } from './running.ts';
import { start, swapWarm, warm } from './standby-apps.ts';
import type { Packages } from './standby-apps.ts';

/** Loads a package after the app has set up its own things, and answers with what came in which order. */
export const source = (version: string): string => `
globalThis.order = ['app'];
process.env.APP_SETTING = 'set by the app';
const harmless = require('harmless');
require('wrapper');
globalThis.order.push('end of app');
const http = require('node:http');
http.createServer((request, response) => {
  response.end(JSON.stringify({ version: '${version}', order: globalThis.order, value: require('subject').value, made: harmless.make() }));
}).listen(process.env.PORT);`;

export const note = (name: string): string => `globalThis.order?.push('${name}');\n`;
/** The package under test is needed by another one, which must not be loaded before it either. */
export const packagesWith = (subject: string): Packages => ({
  harmless: { 'index.js': 'exports.make = () => 1;' },
  wrapper: { 'index.js': `${note('wrapper')}require('subject');` },
  subject: { 'index.js': note('subject') + subject },
});
export const inOrder = ['app', 'wrapper', 'subject', 'end of app'];

export interface Answer {
  readonly version: string;
  readonly order: readonly string[];
  readonly value?: unknown;
}

export async function answer(app: Running): Promise<Answer> {
  return JSON.parse((await app.get('/')).body) as Answer;
}

/** What it does → why the standby leaves it, and the code. */
export type Cases = Readonly<Record<string, readonly [does: RegExp, code: string]>>;

/** A subject for each of the cases, and a package that needs it. */
function packagesOf(cases: Cases): Packages {
  const packages: Record<string, Packages[string]> = { harmless: { 'index.js': 'exports.make = () => 1;' } };
  Object.values(cases).forEach(([, code], n) => {
    packages[`wrapper${n}`] = { 'index.js': `${note(`wrapper${n}`)}require('subject${n}');` };
    packages[`subject${n}`] = { 'index.js': note(`subject${n}`) + code };
  });
  return packages;
}

const loading = (version: string, cases: Cases): string => `
globalThis.order = ['app'];
process.env.APP_SETTING = 'set by the app';
const harmless = require('harmless');
${Object.keys(cases)
  .map((_, n) => `require('wrapper${n}');`)
  .join('\n')}
globalThis.order.push('end of app');
const values = [${Object.keys(cases)
  .map((_, n) => `require('subject${n}').value`)
  .join(', ')}];
require('node:http').createServer((request, response) => {
  response.end(JSON.stringify({ version: '${version}', order: globalThis.order, values, made: harmless.make() }));
}).listen(process.env.PORT);`;

/** The standby leaves each of the subjects, for what it does, and nobody can tell. */
export async function leavesSubjects(t: TestContext, cases: Cases): Promise<void> {
  const app = await start(t, {
    files: { 'server.js': loading('v1', cases), 'settings.json': '"v1"' },
    packages: packagesOf(cases),
  });
  const cold = await answer(app);
  assert.deepEqual(cold.order, [
    'app',
    ...Object.keys(cases).flatMap((_, n) => [`wrapper${n}`, `subject${n}`]),
    'end of app',
  ]);
  const { leftOut } = await warm(app);
  Object.entries(cases).forEach(([what, [does]], n) => {
    const found = leftOut.filter((one) => new RegExp(`^(?:subject|wrapper)${n} `).test(one));
    assert.match(found.join(), does, `${what}: ${leftOut.join(', ')}`);
  });
  assert.equal(leftOut.length, Object.keys(cases).length, leftOut.join(', '));
  app.write('server.js', loading('v2', cases));
  assert.equal((await swapWarm(app)).standby, true);
  assert.deepEqual(await answer(app), { ...cold, version: 'v2' });
}
