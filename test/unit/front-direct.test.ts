/** What the front passes on as it is: nothing is lost, added or taken for another, wherever it is cut into pieces. */
import assert from 'node:assert/strict';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, it, test } from 'node:test';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import { AnswerReader, readRequest } from '../../src/runtimes/front/direct/framing.ts';
import { Line } from '../../src/runtimes/front/direct/line.ts';
import { Target } from '../../src/runtimes/front/target.ts';

const head = (...lines: string[]): string => [...lines, '', ''].join('\r\n');

describe('requests', () => {
  const read = (text: string): unknown => readRequest(Buffer.from(text));
  it('are plain, and known to their end', () => {
    const get = head('GET /a?b HTTP/1.1', 'Host: x', 'Upgrade-Insecure-Requests: 1', 'Test: te');
    const plain = { method: 'GET', path: '/a?b', hasBody: false, isLast: false, length: get.length };
    assert.deepEqual(read(get), plain);
    assert.deepEqual(read(get + get), plain, 'another behind it');
    const post = head('POST / HTTP/1.1', 'content-length: 3', 'Connection: close') + 'abc';
    assert.deepEqual(read(post), {
      method: 'POST',
      path: '/',
      hasBody: true,
      isLast: true,
      length: post.length,
    });
    assert.equal(read(get.slice(0, -1)), 'partial');
  });
  it('are odd if they ask for more than an answer, or could be understood in two ways', () => {
    for (const line of [
      'Transfer-Encoding: chunked',
      'Upgrade: websocket',
      'Expect: 100-continue',
      'TE : trailers',
      'Content-Length: 1\r\nX: y\r\nContent-Length: 2',
      'Content-Length: 1, 2',
      'Content-Length: -1',
      'Content-Length: 5', // it is still to come
      'X: a\r\n b',
      'X: a\nTransfer-Encoding: chunked',
      'X: a\rTransfer-Encoding: chunked',
    ])
      assert.equal(read(head('POST / HTTP/1.1', 'Host: x', line)), 'odd', line);
    for (const first of ['GET / HTTP/1.0', 'GET  / HTTP/1.1', 'CONNECT a:1 HTTP/1.1', 'nonsense', ''])
      assert.equal(read(head(first, 'Host: x')), 'odd', first);
  });
});

interface Sample {
  readonly text: string;
  readonly method?: string;
  readonly isLast?: boolean;
  readonly endsByClose?: boolean;
}

const samples: readonly Sample[] = [
  { text: head('HTTP/1.1 200 OK', 'Content-Length: 5') + 'hello' },
  { text: head('HTTP/1.1 200 OK', 'Content-Length: 0', 'Connection: close'), isLast: true },
  { text: head('HTTP/1.1 200 OK', 'Content-Length: 5'), method: 'HEAD' },
  { text: head('HTTP/1.1 204 No Content') },
  { text: head('HTTP/1.1 304 Not Modified', 'Content-Length: 5') },
  {
    text:
      head('HTTP/1.1 103 Early Hints', 'Link: </a>') + head('HTTP/1.1 200 OK', 'Content-Length: 2') + 'ok',
  },
  { text: head('HTTP/1.1 200 OK', 'transfer-encoding: gzip, chunked') + '5\r\nhello\r\n0\r\n\r\n' },
  {
    text:
      head('HTTP/1.1 500 No', 'Transfer-Encoding: chunked') + 'A;x=y\r\n0\r\n\r\n12345\r\n00\r\nT: v\r\n\r\n',
  },
  { text: head('HTTP/1.0 200 OK', 'Content-Length: 1') + 'x', isLast: true },
  { text: head('HTTP/1.0 200 OK', 'Content-Length: 1', 'Connection: keep-alive') + 'x' },
  { text: head('HTTP/1.1 200 OK') + 'until it ends', isLast: true, endsByClose: true },
];

test('answers end where they end, however they are cut', () => {
  for (const { text, method = 'GET', isLast = false, endsByClose = false } of samples) {
    const whole = Buffer.from(text);
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: Math.max(1, whole.length - 1) }), {
      maxLength: whole.length,
    });
    fc.assert(
      fc.property(cuts, fc.constantFrom('', 'HTTP/1.1 200 OK\r\n'), (at, more) => {
        const all = endsByClose ? whole : Buffer.concat([whole, Buffer.from(more)]);
        const reader = new AnswerReader(method);
        const edges = [0, ...at.sort((a, b) => a - b), all.length];
        let taken = 0;
        for (const [index, to] of edges.slice(1).entries()) {
          assert.ok(!reader.isOver || taken === whole.length, 'too early');
          if (!reader.isOver) taken += reader.see(all.subarray(edges[index], to));
        }
        assert.equal(taken, whole.length, text);
        assert.deepEqual(
          [reader.isOver, reader.endsByClose, reader.head?.isLast],
          [!endsByClose, endsByClose, isLast],
          text,
        );
      }),
    );
  }
});

test('what is no HTTP is said to be none', () => {
  for (const text of [head('SSH-2.0-x'), head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked') + 'zz\r\n'])
    assert.throws(() => new AnswerReader('GET').see(Buffer.from(text)));
});

/** A server that is told what to do with each connection, behind a line. */
async function lineTo(
  t: TestContext,
  serves: (socket: Socket, request: string, connection: number) => void,
): Promise<{ client: Socket; target: Target; odd: string[]; until: (text: string) => Promise<string> }> {
  let connections = 0;
  const listen = async (server: net.Server): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(
    net.createServer((socket) => {
      const connection = ++connections;
      socket.on('error', () => undefined).on('data', (piece) => serves(socket, String(piece), connection));
      t.after(() => socket.destroy());
    }),
  );
  const target = new Target('127.0.0.1', port);
  t.after(() => target.leave());
  const odd: string[] = [];
  const front = await listen(
    net.createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined);
      t.after(() => socket.destroy());
      new Line(socket, {
        next: () => Promise.resolve(target),
        isOdd: (one) => one.on('data', (piece) => odd.push(String(piece))),
      });
    }),
  );
  const client = net.connect({ port: front, host: '127.0.0.1', allowHalfOpen: true });
  t.after(() => client.destroy());
  let seen = '';
  client.on('error', () => undefined).on('data', (piece) => (seen += String(piece)));
  client.once('end', () => (seen += '<end>'));
  const until = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!seen.includes(text)) return;
        client.off('data', look).off('end', look);
        const [all, rest] = [
          seen.slice(0, seen.indexOf(text) + text.length),
          seen.slice(seen.indexOf(text) + text.length),
        ];
        seen = rest;
        resolve(all);
      };
      client.on('data', look).on('end', look);
      look();
    });
  return { client, target, odd, until };
}

const get = head('GET / HTTP/1.1', 'Host: x');
const answer = (text: string): string =>
  head('HTTP/1.1 200 OK', `Content-Length: ${String(text.length)}`) + text;

describe('a line', () => {
  it('asks one after the other, on one connection that is kept', async (t) => {
    const { client, until } = await lineTo(t, (socket, request, connection) => {
      socket.write(answer(`<${String(connection)} ${String(request.split('\r\n')[0])}>`));
    });
    client.write(get + get.replace('/ ', '/second '));
    assert.match(await until('/second HTTP/1.1>'), /<1 GET \/ HTTP\/1\.1>.*<1 GET \/second HTTP\/1\.1>$/s);
  });

  it('asks again where a kept connection was closed just then, and once only', async (t) => {
    const { client, until } = await lineTo(t, (socket, _, connection) => {
      if (connection === 1 && socket.bytesWritten > 0) socket.destroy();
      else socket.write(answer(`<${String(connection)}>`));
    });
    client.write(get);
    await until('<1>');
    client.write(get);
    await until('<2>');
  });

  it('ends where the server ends before it has answered', async (t) => {
    const { client, until } = await lineTo(t, (socket) => socket.destroy());
    client.write(get);
    assert.equal(await until('<end>'), '<end>');
  });

  it('ends with an answer that ends by its connection, and one that was asked to be the last', async (t) => {
    const byClose = await lineTo(t, (socket) => socket.end(head('HTTP/1.0 200 OK') + 'all'));
    byClose.client.write(get);
    assert.match(await byClose.until('<end>'), /all<end>$/);
    const last = await lineTo(t, (socket) => socket.write(answer('bye')));
    last.client.write(head('GET / HTTP/1.1', 'Host: x', 'Connection: close'));
    assert.match(await last.until('<end>'), /bye<end>$/);
  });

  it('is answered although it has said that it says no more', async (t) => {
    const { client, until } = await lineTo(t, (socket) => setImmediate(() => socket.write(answer('late'))));
    client.end(get);
    assert.match(await until('<end>'), /late<end>$/);
  });

  it('cuts an answer short where its server dies in the middle', async (t) => {
    const { client, until } = await lineTo(t, (socket) => {
      socket.write(head('HTTP/1.1 200 OK', 'Content-Length: 10') + 'half', () => socket.destroy());
    });
    client.write(get);
    assert.match(await until('<end>'), /half<end>$/);
  });

  it('ends an event stream between two chunks when its server is replaced, and goes on', async (t) => {
    const begun = head('HTTP/1.1 200 OK', 'Content-Type: text/event-stream', 'Transfer-Encoding: chunked');
    let stream: Socket | undefined;
    const { client, target, until } = await lineTo(t, (socket, request) => {
      if (!request.includes('/events')) return void socket.write(answer('after'));
      stream = socket;
      socket.write(`${begun}6\r\ndata`);
    });
    client.write(get.replace('/ ', '/events '));
    await until('data');
    assert.equal(target.progress.eventStreams, 1);
    const over = new Promise((resolve) => target.drain(60_000, () => undefined, resolve));
    stream?.write(':1\r\n');
    assert.equal(await until('0\r\n\r\n'), ':1\r\n0\r\n\r\n');
    assert.equal(((await over) as { eventStreams: number }).eventStreams, 1);
    client.write(get);
    assert.match(await until('after'), /^HTTP\/1\.1 200/);
  });

  it('hands over what is odd with all that it has said', async (t) => {
    const { client, odd, until } = await lineTo(t, (socket) => socket.write(answer('plain')));
    client.write(get);
    await until('plain');
    const offered = head('GET /ws HTTP/1.1', 'Host: x', 'Upgrade: websocket') + 'more';
    client.write(offered);
    while (odd.length === 0) await new Promise(setImmediate);
    assert.equal(odd.join(''), offered);
  });
});
