/** What only one may have: the old generation ends before the new one starts, and connections wait meanwhile. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { freePort } from '../tools/free-port.mts';
import { Load } from './load.ts';
import { keptConnection, Running } from './running.ts';
import { plain } from './servers.ts';

/** Has a lock as long as it lives, and asks nobody to wait for it. */
const locking = (version: string): string => `
const fs = require('node:fs');
try {
  fs.writeFileSync('data.lock', String(process.pid), { flag: 'wx' });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
process.on('exit', () => fs.unlinkSync('data.lock'));
${plain(version)}`;

async function serve(t: TestContext, ...options: string[]): Promise<Running> {
  const app = await Running.start(t, {
    standby: true,
    files: { 'server.js': locking('v1') },
    command: ['node', 'server.js'],
    options,
  });
  await app.serving(1);
  return app;
}

describe('a server that holds what only one may have', () => {
  it('is found out by a start that fails, and hands over without anybody being refused', async (t) => {
    const app = await serve(t);
    const load = Load.start(t, app.port);
    await load.answeredSince();
    app.write('server.js', locking('v2'));
    const notice = await app.event('notice');
    assert.match(notice.message, /gen 2 can't start beside the one before.*exited with code 1/);
    await app.serving(3);
    await load.answeredSince();
    app.write('server.js', locking('v3'));
    await app.serving(4); // it is remembered: no start was in vain
    await load.answeredSince();
    const { refused, cut, bad } = await load.stop();
    assert.deepEqual(
      { refused, cut, bad, latest: load.latest },
      { refused: 0, cut: 0, bad: 0, latest: 'v3' },
    );
    assert.equal(app.events.filter(({ event }) => event === 'vacating').length, 2);
    assert.equal(app.events.filter(({ event }) => event === 'rolledBack').length, 0);
  });

  it('never starts one beside the other when it is told so', async (t) => {
    const app = await serve(t, '--no-overlap');
    const agent = keptConnection(t);
    await app.get('/', { agent });
    const slow = app.get('/slow');
    await app.printed(/v1 begins/);
    app.write('server.js', locking('v2'));
    await app.event('vacating');
    const last = await app.get('/', { agent });
    assert.deepEqual([last.body, last.headers.connection], ['v1', 'close']);
    const waiting = app.get('/');
    assert.equal((await slow).body, 'v1 slow');
    assert.equal((await waiting).body, 'v2');
    assert.equal((await app.retired(1)).lost, 0);
    await app.serving(2); // what it was told of in between is here by then
    assert.deepEqual(
      app.events.flatMap((one) => (one.event === 'starting' || one.event === 'retired' ? [one.event] : [])),
      ['starting', 'retired', 'starting'],
    );
  });

  it('serves on when what was saved does not compile, and swaps what is mended', async (t) => {
    const app = await serve(t, '--no-overlap');
    const load = Load.start(t, app.port);
    await load.answeredSince();
    app.write('server.js', `${locking('v2')}\nconst broken = ;`);
    const refused = await app.event('rolledBack');
    const { generation, serving, reason, message, line } = refused;
    assert.deepEqual(
      { generation, serving, reason, message, file: path.basename(refused.file ?? ''), line },
      {
        ...{ generation: 2, serving: 1, reason: 'bootError', message: "SyntaxError: Unexpected token ';'" },
        ...{ file: 'server.js', line: `${locking('v2')}\nconst broken = ;`.split('\n').length },
      },
    );
    await load.answeredSince();
    assert.equal(load.latest, 'v1');
    app.write('server.js', locking('v3'));
    await app.serving(3);
    await load.answeredSince();
    const { refused: lost, cut, bad } = await load.stop();
    assert.deepEqual(
      { lost, cut, bad, stale: load.stale, latest: load.latest },
      { lost: 0, cut: 0, bad: 0, stale: 0, latest: 'v3' },
    );
    assert.deepEqual(
      app.events.flatMap(({ event }) => (event === 'vacating' || event === 'rolledBack' ? [event] : [])),
      ['rolledBack', 'vacating'],
    );
  });

  it('serves on when what it imports does not compile, as compiled by its command', async (t) => {
    const app = await Running.start(t, {
      alone: true,
      files: {
        'server.ts': `import { version } from './version';
try {
  require('./optional');
} catch {}
require('node:http').createServer((_: unknown, answer: { end(text: string): void }) => answer.end(version)).listen(process.env.PORT);`,
        'version.ts': "export const version: string = 'v1';",
        'optional.js': '',
      },
      command: ['node', '--import', 'tsx', 'server.ts'],
      options: ['--no-overlap'],
    });
    await app.serving(1);
    app.write('version.ts', "export const version: = 'v2';");
    const { serving, message, file = '', line, column } = await app.event('rolledBack');
    assert.deepEqual(
      { serving, message, file: path.basename(file), line, column },
      { serving: 1, message: 'Unexpected "="', file: 'version.ts', line: 1, column: 23 },
    );
    const waited = await app.command('wait');
    assert.match(waited.stderr, /gen 2 failed: Unexpected "=".*version\.ts:1.*; gen 1 still serves/);
    // What was refused is still broken, and is not forgotten when something else is saved.
    app.write('optional.js', 'const optional = ;');
    assert.equal((await app.event('rolledBack', ({ generation }) => generation === 3)).serving, 1);
    assert.equal((await app.get('/')).body, 'v1');
    app.write('version.ts', "export const version: string = 'v4';");
    await app.serving(4);
    assert.equal((await app.get('/')).body, 'v4');
  });

  it('has its clients wait for the next save when the new code is broken', async (t) => {
    const app = await serve(t, '--no-overlap');
    app.write('server.js', 'throw new Error("broken");');
    const failed = await app.event('rolledBack');
    assert.deepEqual([failed.serving, failed.message], [undefined, 'Error: broken']);
    const waiting = app.get('/');
    app.write('server.js', locking('v3'));
    assert.equal((await waiting).body, 'v3');
  });
});

describe('a server of a protocol that nobody knows, of which one may be up', () => {
  /** Answers at once, but for what begins with `slow`: when it gets a signal. */
  const talking = (version: string): string => `
const waiting = [];
process.on('SIGUSR2', () => waiting.forEach((socket) => socket.end('${version} at last')));
require('node:net').createServer((socket) => {
  socket.on('error', () => undefined).on('data', (data) => {
    if (!String(data).startsWith('slow')) socket.write('${version}');
    else waiting.push(socket);
  });
}).listen(process.env.PORT);`;

  it('is left by who is silent, and not before by who waits for an answer', async (t) => {
    const app = await Running.start(t, {
      files: { 'server.js': talking('v1') },
      command: ['node', 'server.js'],
      options: ['--no-overlap', '--drain-timeout', '60000'],
    });
    const { pid } = await app.serving(1);
    const ask = (text: string): { readonly socket: net.Socket; readonly answer: Promise<string> } => {
      const socket = net.connect(app.port, '127.0.0.1').setEncoding('utf8');
      socket.write(text);
      return { socket, answer: once(socket, 'data').then(([data]) => String(data)) };
    };
    const [silent, slow] = [ask('hello'), ask('slow')];
    assert.equal(await silent.answer, 'v1');
    const left = once(silent.socket, 'end');
    app.write('server.js', talking('v2'));
    await left;
    process.kill(pid, 'SIGUSR2');
    assert.equal(await slow.answer, 'v1 at last');
    assert.equal((await app.retired(1)).lost, 0);
    assert.equal(await ask('hello').answer, 'v2');
  });
});

describe('a server that finds what it needs taken only when it serves', () => {
  /** As Homebridge, whose name on the network is looked for after it listens: it takes its time to end. */
  const lateLocking = (version: string): string => `
const fs = require('node:fs');
process.on('exit', () => { if (fs.readFileSync('data.lock', 'utf8') === String(process.pid)) fs.unlinkSync('data.lock'); });
${plain(version)}
setTimeout(() => {
  try {
    fs.writeFileSync('data.lock', String(process.pid), { flag: 'wx' });
    console.log('${version} has it');
  } catch (error) {
    console.error(error.message);
    setTimeout(() => process.exit(1), 1500);
  }
}, 100);`;

  it('has the one before answer as soon as it closes its server, however long it takes to end', async (t) => {
    const closing = (version: string): string =>
      lateLocking(version).replace(
        'setTimeout(() => process.exit(1), 1500)',
        "server.close(); console.log('closed')",
      );
    const app = await Running.start(t, {
      files: { 'server.js': closing('v1') },
      command: ['node', 'server.js'],
    });
    await app.printed(/v1 has it/);
    app.write(
      'server.js',
      closing('v2').replace("console.log('closed')", 'setInterval(() => undefined, 1000)'),
    );
    await app.event('rolledBack', ({ serving }) => serving === 1);
    await app.printed(/v2 has it/);
    assert.equal((await app.get('/')).body, 'v2');
  });

  it('comes back alone, and so do those after it', async (t) => {
    const app = await Running.start(t, {
      files: { 'server.js': lateLocking('v1') },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    await app.printed(/v1 has it/);
    app.write('server.js', lateLocking('v2'));
    await app.printed(/v2 has it/);
    assert.equal((await app.get('/')).body, 'v2');
    app.write('server.js', lateLocking('v3'));
    await app.event('vacating');
    await app.printed(/v3 has it/);
    assert.equal((await app.get('/')).body, 'v3');
    const crashes = app.events.filter(({ event }) => event === 'crashed' || event === 'rolledBack');
    assert.equal(crashes.length, 1);
  });
});

describe('a server whose worker thread listens on a port of its own', () => {
  const main = (version: string, port: number): string => `
const { Worker } = require('node:worker_threads');
${plain(version)}
new Worker("require('node:http').createServer((q, s) => s.end('${version}')).listen(${port}, () => console.log('${version} thread'))", { eval: true });`;

  it('is up once at a time, and each save is served by both', async (t) => {
    const port = await freePort();
    const app = await Running.start(t, {
      files: { 'server.js': main('v1', port) },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    await app.printed(/v1 thread/);
    for (const version of ['v2', 'v3']) {
      app.write('server.js', main(version, port));
      await app.printed(new RegExp(`${version} thread`));
      assert.equal((await app.get('/')).body, version);
      assert.equal((await app.get('/', { port })).body, version);
    }
    assert.match((await app.event('notice')).message, /can't start beside the one before.*Port :/);
  });
});

describe('a server that watches the data that it writes', () => {
  /** Begins anew when somebody else has written it, as json-server does. */
  const watching = (version: string): string => `
const fs = require('node:fs');
const read = () => fs.readFileSync('data.txt', 'utf8');
let data = read();
fs.watch('.', (event, name) => {
  if (name === 'data.txt' && read() !== data) process.exit(1);
});
require('node:http')
  .createServer((request, response) => {
    if (request.method === 'POST') fs.writeFileSync('data.txt', (data += 'x'));
    response.end('${version} ' + data);
  })
  .listen(process.env.PORT);`;

  it('is up once at a time, so that no generation meets what another one writes', async (t) => {
    const app = await Running.start(t, {
      files: { 'server.js': watching('v1'), 'data.txt': '-' },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    assert.equal((await app.get('/', { method: 'POST' })).body, 'v1 -x');
    app.write('server.js', watching('v2'));
    assert.match((await app.event('notice')).message, /^it watches data\.txt, and writes it/);
    await app.event('vacating');
    await app.serving(2);
    assert.equal((await app.get('/', { method: 'POST' })).body, 'v2 -xx');
    app.write('server.js', watching('v3'));
    await app.serving(3);
    assert.equal((await app.get('/')).body, 'v3 -xx');
    assert.equal(app.events.filter(({ event }) => event === 'crashed').length, 0);
  });
});
