/** A generation rehearses what a relayed request needs; its app is not in the audience. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { start, warm } from './standby-apps.ts';

/** Answers with what it has seen of HTTP clients in its process. */
const witness = (watching: string): string => `
const http = require('node:http');
const seen = [];
${watching}
const state = () => JSON.stringify([process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap').sort(),
  process.eventNames().map(String), http.globalAgent.getName(), Object.keys(http.globalAgent.sockets)]);
http.createServer((request, response) => response.end(JSON.stringify({ seen, state: state() })))
  .listen(process.env.PORT);`;

const channels = `for (const name of ['http.client.request.created', 'http.client.request.start'])
  require('node:diagnostics_channel').subscribe(name, () => seen.push(name));`;
const patched = `for (const name of ['request', 'get']) {
  const original = http[name];
  http[name] = (...args) => { seen.push(name); return original(...args); };
}`;

interface Told {
  readonly seen: readonly string[];
  readonly state: string;
}

describe('an app', () => {
  for (const [how, watching] of Object.entries({ 'diagnostics channels': channels, patches: patched })) {
    it(`that watches HTTP clients by ${how} does not see the rehearsal`, async (t) => {
      const app = await start(t, { files: { 'server.js': witness(watching) } });
      const before = JSON.parse((await app.get('/')).body) as Told;
      await warm(app);
      await app.get('/'); // the word to rehearse is heard by then
      assert.deepEqual(JSON.parse((await app.get('/')).body), before);
    });
  }
});
