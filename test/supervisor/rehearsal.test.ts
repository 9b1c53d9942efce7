/** A generation rehearses what a relayed request needs, and copies its listener; its app is not in the audience. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasCopiedSocket } from './processes.ts';
import { start, warm } from './standby-apps.ts';
import { untilTrue } from './until.ts';

/** Answers with what it has seen of HTTP clients in its process. */
const witness = (watching: string): string => `
const http = require('node:http');
const seen = [];
${watching}
const state = () => JSON.stringify([process.getActiveResourcesInfo().sort(),
  process.eventNames().map(String), http.globalAgent.getName(), Object.keys(http.globalAgent.sockets)]);
http.createServer((request, response) => response.end(JSON.stringify({ seen, state: state() })))
  .listen(process.env.PORT);`;

const channels = `for (const name of ['http.client.request.created', 'http.client.request.start'])
  require('node:diagnostics_channel').subscribe(name, () => seen.push(name));`;
const patched = `for (const name of ['request', 'get']) {
  const original = http[name];
  http[name] = (...args) => { seen.push(name); return original(...args); };
}`;

/** Answers with the kinds of all that it ever had open, but for requests, and for what tells us that it is there. */
const sampler = `
const seen = new Set();
const known = /^(?:TCP(?:Server|Socket)Wrap|Immediate|FSReq\\w+|ConnectWrap|\\w*WriteWrap)$/;
const look = () => {
  for (const kind of process.getActiveResourcesInfo()) if (!known.test(kind)) seen.add(kind);
  setImmediate(look);
};
require('node:http').createServer((request, response) => response.end(JSON.stringify([...seen])))
  .listen(process.env.PORT, look);`;

interface Told {
  readonly seen: readonly string[];
  readonly state: string;
}

describe('an app', () => {
  for (const [how, watching] of Object.entries({ 'diagnostics channels': channels, patches: patched })) {
    it(`that watches HTTP clients by ${how} does not see the rehearsal`, async (t) => {
      const app = await start(t, { files: { 'server.js': witness(watching) } });
      await app.get('/'); // with the end of its connection Node makes process.stderr
      const before = JSON.parse((await app.get('/')).body) as Told;
      await warm(app);
      await app.get('/'); // the word to rehearse is heard by then
      assert.deepEqual(JSON.parse((await app.get('/')).body), before);
    });
  }

  it('never has more open for the copy of its listener', async (t) => {
    const app = await start(t, { files: { 'server.js': sampler } });
    await warm(app);
    const { pid } = await app.serving(1);
    await untilTrue(() => hasCopiedSocket(pid));
    assert.equal((await app.get('/')).body, '[]');
  });
});
