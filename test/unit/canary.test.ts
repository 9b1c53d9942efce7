import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { ServerResponse } from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { openDoor } from '../../src/runtimes/node/preload/sockets/door.ts';
import { tryCanary } from '../../src/runtimes/node/preload/traffic/canary.ts';
import type { AnyServer } from '../../src/runtimes/node/preload/engine/internals.ts';
import { Traffic } from '../../src/runtimes/node/preload/traffic/traffic.ts';

interface Pair {
  readonly traffic: Traffic;
  /** Of the newer code. */
  readonly door: string;
  /** Resolves to the next request that comes through it, to be answered by the test. */
  readonly asked: () => Promise<ServerResponse>;
  /** Resolves to the next connection to that door. */
  readonly visitor: () => Promise<Socket>;
  readonly get: () => Promise<string>;
}

/** An older server that answers at once, and a newer one behind its door. */
async function pair(t: TestContext): Promise<Pair> {
  const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-canary-'));
  const door = path.join(folder, 'door');
  const older = http.createServer((_, response) => response.end('old'));
  const newer = http.createServer();
  const nothing = {
    answered: () => undefined,
    ready: () => undefined,
    held: () => undefined,
    closed: () => undefined,
    lifecycle: () => true,
  };
  const traffic = new Traffic(older as unknown as AnyServer, nothing);
  // eslint-disable-next-line @typescript-eslint/unbound-method -- the preload keeps it so, to call it on a server
  const { listen } = net.Server.prototype as AnyServer;
  const opened = await openDoor(newer as unknown as AnyServer, door, listen);
  older.listen(0, '127.0.0.1');
  await once(older, 'listening');
  t.after(() => {
    older.closeAllConnections();
    older.close();
    opened.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { port } = older.address() as AddressInfo;
  return {
    traffic,
    door,
    asked: async () => ((await once(newer, 'request')) as [unknown, ServerResponse])[1],
    visitor: async () => ((await once(opened, 'connection')) as [Socket])[0],
    get: async () => {
      const request = http.get({ port, host: '127.0.0.1', agent: false });
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      return (await response.setEncoding('utf8').toArray()).join('');
    },
  };
}

describe('a client that tries newer code', () => {
  it('is the only one until its answer begins', async (t) => {
    const { traffic, door, asked, get } = await pair(t);
    let isAnswered = false;
    const answered = traffic.tryCanary(door).then(() => (isAnswered = true));
    assert.equal(traffic.hasCanary, false);
    const [leader, response] = [get(), await asked()];
    assert.equal(traffic.hasCanary, true);
    assert.equal(await get(), 'old');
    assert.equal(isAnswered, false);
    response.write('n');
    await answered;
    traffic.relay(door);
    const [follower, next] = [get(), await asked()];
    next.end('new');
    response.end('ew');
    assert.deepEqual([await leader, await follower], ['new', 'new']);
  });

  it('is answered by the older code if nobody is behind the door', async (t) => {
    const { traffic, door, get } = await pair(t);
    void traffic.tryCanary(`${door}-that-is-not-there`);
    assert.equal(await get(), 'old');
    assert.equal(await get(), 'old');
  });

  it('is answered by the older code if the newer code has died meanwhile', async (t) => {
    const { traffic, door, visitor, get } = await pair(t);
    void traffic.tryCanary(door);
    (await visitor()).destroy();
    assert.equal(await get(), 'old');
  });

  it('is none when the older code serves again, and leaves nobody at the door', async (t) => {
    const { traffic, door, visitor, get } = await pair(t);
    void traffic.tryCanary(door);
    const gone = once(await visitor(), 'close');
    traffic.release();
    assert.equal(await get(), 'old');
    await gone;
  });

  it('is not waited for if nobody speaks HTTP/1', async (t) => {
    const { door } = await pair(t);
    const server = http2.createServer((_, response) => response.end('old'));
    const nothing = {
      answered: () => undefined,
      ready: () => undefined,
      held: () => undefined,
      closed: () => undefined,
      lifecycle: () => true,
    };
    const traffic = new Traffic(server as unknown as AnyServer, nothing);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = http2.connect(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    t.after(() => {
      client.destroy();
      server.close();
    });
    await once(client.request(), 'response');
    t.mock.method(traffic, 'tryCanary', () => assert.fail('it is waited for'));
    await tryCanary([{ key: 'front', traffic }], { front: door });
  });
});
