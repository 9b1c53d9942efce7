/** A response of a gigabyte arrives whole through a drain and through a relay, and is nowhere taken in at once. */
import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { onlyInAll } from '../tools/everything.mts';
import { judge } from '../tools/limits.ts';
import { megabytes, watchMemory } from './processes.ts';
import { keptConnection } from './running.ts';
import { edit, serve } from './traffic-clients.ts';

const gigabyte = 1024 ** 3;
const drainTimeoutMs = 60_000;
/** What a process may need for it: a fifth of what it would, did it not wait for the client. */
const allowance = gigabyte / 5;

/** As the server fills it. */
const pattern = Buffer.alloc(2 * 1024 ** 2, Buffer.from(Array.from({ length: 256 }, (_, n) => n)));

const source = (version: string): string => `
const http = require('node:http');
const { pipeline, Readable } = require('node:stream');
const piece = Buffer.alloc(1024 ** 2, Buffer.from(Array.from({ length: 256 }, (_, n) => n)));
function* pieces() {
  for (let n = 0; n < ${gigabyte} / piece.length; n += 1) yield piece;
}
const server = http.createServer((req, res) => {
  if (req.url !== '/large') return res.end('${version}');
  res.setHeader('Content-Length', ${gigabyte});
  pipeline(Readable.from(pieces(), { objectMode: false }), res, () => undefined);
});
server.listen(process.env.PORT);
`;

describe('a response of 1 GB', onlyInAll, () => {
  it('streams through a drain', async (t) => {
    const app = await serve(t, source('v1'), '--drain-timeout', String(drainTimeoutMs));
    const { pid } = await app.serving(1);
    const response = await ask(app.port, '/large');
    const memory = watchMemory(pid);
    const before = memory.peak();
    await received(response, async () => {
      await edit(app, source('v2'));
      assert.equal((await app.get('/')).body, 'v2');
    });
    const { finished, lost } = await app.retired(1);
    assert.deepEqual({ finished, lost }, { finished: 1, lost: 0 });
    report(t, 'gen 1', memory.peak() - before);
  });

  it('streams through the relay of the older generation', async (t) => {
    const app = await serve(t, source('v1'), '--drain-timeout', String(drainTimeoutMs));
    const { pid } = await app.serving(1);
    const agent = keptConnection(t);
    (await ask(app.port, '/', agent)).resume();
    await edit(app, source('v2'));
    const all = [pid, (await app.serving(2)).pid].map(watchMemory);
    const before = all.map(({ peak }) => peak());
    await received(await ask(app.port, '/large', agent), () => Promise.resolve());
    assert.equal((await app.retired(1)).lost, 0);
    all.forEach(({ peak }, n) => report(t, `gen ${n + 1}`, peak() - before[n]!));
  });
});

function ask(port: number, path: string, agent: http.Agent | false = false): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    http.get({ host: '127.0.0.1', port, path, agent }, resolve).on('error', reject);
  });
}

/** Reads it all, every byte as it should be; after the first of it, waits for something else. */
async function received(response: http.IncomingMessage, meanwhile: () => Promise<void>): Promise<void> {
  let at = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    const from = at % 256;
    assert.ok(chunk.equals(pattern.subarray(from, from + chunk.length)), `other bytes after ${at}`);
    if (at === 0) await meanwhile();
    at += chunk.length;
  }
  assert.equal(at, gigabyte);
}

function report(t: TestContext, who: string, grown: number): void {
  t.diagnostic(`${who} took ${megabytes(grown)} more`);
  judge(`bytes more in ${who}`, grown, allowance);
}
