import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { freePort } from '../tools/free-port.mts';
import { request, Running } from './running.ts';
import { edit, serve } from './traffic-clients.ts';
import { echo } from './traffic-servers.ts';

const listening = (version: string, listen: string): string => `
const http = require('node:http');
const answer = (name) => (req, res) => {
  if (req.url === '/close') server.close();
  res.end('${version} ' + name);
};
const server = http.createServer(answer('first'));
${listen}
`;

/** Whether somebody listens there; a refused connection says no. */
function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

describe('a listener', () => {
  it('on a Unix socket keeps its path across swaps, and takes it along at the end', async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-unix-'));
    t.after(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const at = path.join(folder, 'app.sock');
    const source = (version: string): string =>
      listening(
        version,
        `server.listen(${JSON.stringify(at)}, () => console.log('${version} on', server.address()));`,
      );
    const get = async (): Promise<string> =>
      (await request({ socketPath: at, path: '/', agent: false })).body;
    const app = await serve(t, source('v1'));
    assert.equal(await get(), 'v1 first');
    const inode = statSync(at).ino;
    for (const n of [2, 3]) {
      app.write('server.js', source(`v${n}`));
      app.swap();
      await app.serving(n);
      await app.retired(n - 1);
      assert.equal(statSync(at).ino, inode);
      assert.equal(await get(), `v${n} first`);
      assert.match(app.output, new RegExp(`v${n} on ${at}`));
    }
    await app.stop();
    assert.equal(existsSync(at), false);
  });

  it('may be opened in the callback of another', async (t) => {
    const other = await freePort();
    const source = (version: string): string =>
      listening(
        version,
        `server.listen(process.env.PORT, () => setTimeout(() =>
           http.createServer(answer('second')).listen(${other}), 100));`,
      );
    const app = await serve(t, source('v1'));
    const second = (): Promise<{ body: string }> => request({ port: other, host: '127.0.0.1', agent: false });
    await app.event('listening', (event) => event.port === other);
    assert.equal((await second()).body, 'v1 second');
    await edit(app, source('v2'));
    assert.equal((await app.get('/')).body, 'v2 first');
    assert.equal((await second()).body, 'v2 second');
    const adopted = app.events.filter((event) => event.event === 'listening' && event.generation === 2);
    assert.deepEqual(
      adopted.map((event) => 'adopted' in event && event.adopted),
      [true, true],
    );
  });

  it('on any free port keeps the one it got', async (t) => {
    const source = (version: string): string =>
      listening(
        version,
        `server.listen(0, () => http.createServer(answer('second')).listen(0, '127.0.0.1'));`,
      );
    const app = await serve(t, source('v1'));
    await app.event('listening', (event) => event.listener === 'tcp:127.0.0.1:0');
    const ports = (generation: number): unknown[] =>
      app.events.flatMap((event) =>
        event.event === 'listening' && event.generation === generation ? [event.port] : [],
      );
    await edit(app, source('v2'));
    assert.equal(ports(1).length, 2);
    assert.deepEqual(ports(2), ports(1));
    const [port] = ports(1);
    const { body } = await request({ port: Number(port), host: '127.0.0.1', agent: false });
    assert.equal(body, 'v2 first');
  });

  it('that is there for one client is nothing that a successor has to have', async (t) => {
    const source = (version: string): string =>
      listening(
        version,
        `server.on('connection', () => http.createServer(answer('inner')).listen(0, '127.0.0.1', () => console.log('${version} opens')));
         server.listen(process.env.PORT);`,
      );
    const app = await serve(t, source('v1'));
    assert.equal((await app.get('/')).body, 'v1 first');
    await app.printed(/v1 opens/);
    assert.equal((await app.status()).listeners.length, 1);
    await edit(app, source('v2'));
    assert.equal((await app.get('/')).body, 'v2 first');
    await app.printed(/v2 opens/);
    assert.equal((await app.status()).listeners.length, 1);
    const { listeners } = await app.event('serving', ({ generation }) => generation === 2);
    assert.equal(listeners.length, 1);
  });

  it('that the app closes is free at once, and may be opened again', async (t) => {
    const source = (version: string): string =>
      listening(
        version,
        `server.listen(process.env.PORT);
         server.on('connection', () => console.log('${version} connection'));
         process.on('SIGWINCH', () => server.listen(process.env.PORT));
         setInterval(() => {}, 1000);`,
      );
    const app = await serve(t, source('v1'));
    const busy = net.connect(app.port, '127.0.0.1'); // keeps the server's own 'close' waiting
    t.after(() => busy.destroy());
    await app.printed(/v1 connection/);
    await app.get('/close');
    await app.event('listenerClosed');
    assert.equal(await isOpen(app.port), false);
    const [first] = app.events.filter((event) => event.event === 'serving');
    process.kill(first!.pid, 'SIGWINCH');
    await app.event('listening', (event) => event.time > first!.time + 1 && event.port === app.port);
    assert.equal((await app.get('/')).body, 'v1 first');
    await edit(app, source('v2'));
    assert.equal((await app.get('/')).body, 'v2 first');
  });

  it('is what the app got after its first choice was taken', async (t) => {
    const taken = net.createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => taken.listen(port, resolve));
    t.after(() => taken.close());
    const source = (version: string): string =>
      listening(
        version,
        `server.once('error', (error) => { console.log(error.code); server.listen(process.env.PORT); });
         server.listen(${port});`,
      );
    const app = await serve(t, source('v1'));
    assert.match(app.output, /EADDRINUSE/);
    assert.deepEqual(
      (await app.serving(1)).listeners.map((listener) => listener.port),
      [app.port],
    );
    await edit(app, source('v2'));
    assert.equal((await app.get('/')).body, 'v2 first');
  });

  it('that was taken may be asked for again', async (t) => {
    const taken = net.createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => taken.listen(port, resolve));
    const source = listening(
      'v1',
      `server.once('error', (error) => console.log(error.code, process.pid));
       process.on('SIGWINCH', () => server.listen(${port}));
       setInterval(() => {}, 1000);
       server.listen(${port});`,
    );
    const app = await Running.start(t, { files: { 'server.js': source }, command: ['node', 'server.js'] });
    const [, pid] = await app.printed(/EADDRINUSE (\d+)/);
    await new Promise((resolve) => taken.close(resolve));
    process.kill(Number(pid), 'SIGWINCH');
    const { listeners } = await app.serving(1);
    assert.deepEqual(
      listeners.map((listener) => listener.port),
      [port],
    );
  });
});

describe('a server of raw connections', () => {
  const open = (port: number): { ask: (text: string) => Promise<string>; closed: Promise<void> } => {
    const socket = net.connect(port, '127.0.0.1').setEncoding('utf8');
    socket.on('error', () => undefined); // 'close' follows
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const ask = (text: string): Promise<string> => {
      socket.write(text);
      return new Promise((resolve) => socket.once('data', resolve));
    };
    return { ask, closed };
  };

  it('keeps those it has, until the drain deadline cuts them', async (t) => {
    const app = await serve(t, echo('v1'), '--drain-timeout', '1000');
    const old = open(app.port);
    assert.equal(await old.ask('a'), 'v1 a');
    await edit(app, echo('v2'));
    assert.equal(await old.ask('b'), 'v1 b');
    assert.equal(await open(app.port).ask('c'), 'v2 c');
    await old.closed;
    const retired = await app.retired(1);
    assert.equal(retired.lost, 1);
    assert.ok(retired.drainMs >= 1000, `drained for ${retired.drainMs} ms`);
  });
});
