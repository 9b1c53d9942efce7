/** Instrumentation in the user's server is about the user's requests, not about ours. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { keptConnection, Running } from './running.ts';

const watched = (version: string): string => `
const http = require('node:http');
for (const name of ['request', 'get']) {
  const original = http[name];
  http[name] = (...args) => { console.log('a client'); return original(...args); };
}
http.createServer((request, response) => response.end('${version}'))
  .listen(process.env.PORT, () => console.log('${version} listens'));`;

it('an app that patches http.request does not see what is relayed', async (t) => {
  const app = await Running.start(t, {
    files: { 'server.js': watched('v1') },
    command: ['node', 'server.js'],
  });
  await app.serving(1);
  const agent = keptConnection(t);
  const ask = async (): Promise<string> => (await app.get('/', { agent })).body;
  assert.equal(await ask(), 'v1');
  app.write('server.js', watched('v2'));
  await app.serving(2);
  assert.equal(await ask(), 'v2'); // through v1, whose connection it is
  await app.retired(1);
  assert.match(app.output, /v1 listens/);
  assert.doesNotMatch(app.output, /a client/);
});
