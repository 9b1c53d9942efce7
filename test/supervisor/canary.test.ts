/** With `serveOld`, one client tries the new code before the others come; what they see is in order all the same. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keptConnection } from './running.ts';
import { edit, serve } from './traffic-clients.ts';

/** Its first answer takes long, as of a server whose code has never run. */
const server = (version: string): string => `
let isCold = ${String(version !== 'v1')};
require('node:http').createServer((request, response) => {
  const until = Date.now() + (isCold ? 30 : 0);
  isCold = false;
  while (Date.now() < until);
  response.end('${version}');
}).listen(process.env.PORT);`;

describe('a swap with serveOld under load', () => {
  it('answers nobody with older code who asks after newer code has answered', async (t) => {
    const app = await serve(t, server('v1'), '--during-boot', 'serveOld');
    let newest = 1;
    let isOver = false;
    const ask = async (agent: ReturnType<typeof keptConnection> | false): Promise<void> => {
      while (!isOver) {
        const seen = newest;
        const { status, body } = await app.get('/', { agent });
        const version = Number(body.slice(1));
        assert.equal(status, 200);
        assert.ok(version >= seen, `v${String(version)} after v${String(seen)}`);
        newest = Math.max(newest, version);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const clients = [false, keptConnection(t), keptConnection(t), false] as const;
    const asking = Promise.all(clients.map(ask));
    await edit(app, server('v2'));
    await app.retired(1);
    isOver = true;
    await asking;
    assert.equal(newest, 2);
  });
});
