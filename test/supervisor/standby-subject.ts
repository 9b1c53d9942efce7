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

/** The standby leaves the subject, for what it `does`, and nobody can tell. Returns what it leaves. */
export async function leavesSubject(t: TestContext, code: string, does: RegExp): Promise<readonly string[]> {
  const app = await start(t, {
    files: { 'server.js': source('v1'), 'settings.json': '"v1"' },
    packages: packagesWith(code),
  });
  const cold = await answer(app);
  assert.deepEqual(cold.order, inOrder);
  const { leftOut } = await warm(app);
  assert.match(leftOut.join(), does);
  app.write('server.js', source('v2'));
  assert.equal((await swapWarm(app)).standby, true);
  assert.deepEqual(await answer(app), { ...cold, version: 'v2' });
  return leftOut;
}
