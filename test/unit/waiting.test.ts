import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { AnyServer } from '../../src/runtimes/node/preload/engine/internals.ts';
import { Traffic } from '../../src/runtimes/node/preload/traffic/traffic.ts';

/** Longer than a slice. */
const workMs = 15;
const requests = 6;

describe('requests that were held, and are released to an app that works long on each,', () => {
  it('are kept for the successor that comes meanwhile, all but those that the app has begun', async (t) => {
    let begun = 0;
    const server = http.createServer((_, response) => {
      begun += 1;
      const until = performance.now() + workMs;
      while (performance.now() < until);
      response.end();
    });
    let held = (): void => undefined;
    const events = {
      answered: () => undefined,
      ready: () => undefined,
      held: () => held(),
      closed: () => undefined,
      lifecycle: () => true,
    };
    const traffic = new Traffic(server as unknown as AnyServer, events);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const all = new Promise<void>((resolve) => {
      held = () => traffic.held === requests && resolve();
    });
    traffic.hold();
    const answers = Array.from({ length: requests }, async () => {
      const [response] = (await once(http.get({ port, host: '127.0.0.1', agent: false }), 'response')) as [
        http.IncomingMessage,
      ];
      response.resume();
    });
    await all;

    traffic.release();
    const told = new Promise((resolve) => setImmediate(resolve)); // as a message of the supervisor would be
    await told;
    traffic.relay(undefined);
    const kept = traffic.held;
    assert.ok(begun > 0 && kept > 0 && begun + kept === requests, `${begun} begun, ${kept} kept`);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(traffic.held, kept, 'nothing is handed out any more');

    traffic.release();
    await Promise.all(answers);
    assert.deepEqual([begun, traffic.held], [requests, 0]);
  });
});
