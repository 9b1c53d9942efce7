import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keptConnection, Running } from './running.ts';
import { plain } from './servers.ts';

describe('a swap', () => {
  it('puts the saved code on the same socket', async (t) => {
    const app = await Running.start(t, {
      standby: true,
      files: { 'server.js': plain('v1') },
      command: ['node', 'server.js'],
    });
    const first = await app.serving(1);
    assert.deepEqual(
      first.listeners.map((listener) => listener.port),
      [app.port],
    );
    assert.equal((await app.get('/')).body, 'v1');
    app.write('server.js', plain('v2'));
    const second = await app.serving(2);
    assert.notEqual(second.pid, first.pid);
    assert.equal((await app.get('/')).body, 'v2');
    const retired = await app.retired(1);
    assert.equal(retired.exitCode, 0);
    assert.equal(retired.lost, 0);
  });

  it('lets the old generation finish a response and answers with new code meanwhile', async (t) => {
    const app = await Running.start(t, {
      standby: true,
      files: { 'server.js': plain('v1') },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    const slow = app.get('/slow');
    await app.printed(/v1 begins/);
    app.write('server.js', plain('v2'));
    await app.serving(2);
    const [old, now] = await Promise.all([slow, app.get('/')]);
    assert.equal(old.body, 'v1 slow');
    assert.equal(now.body, 'v2');
  });

  it('never gives older code to a kept-alive client', async (t) => {
    const app = await Running.start(t, {
      standby: true,
      files: { 'server.js': plain('v1') },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    const agent = keptConnection(t);
    const before = await app.get('/', { agent });
    assert.equal(before.headers.connection, 'keep-alive');
    app.write('server.js', plain('v2'));
    await app.serving(2);
    const after = await app.get('/', { agent });
    assert.equal(after.body, 'v2');
    assert.equal(after.headers.connection, 'close'); // so that it comes back to the new generation
    assert.equal((await app.get('/', { agent })).body, 'v2');
    const retired = await app.retired(1);
    assert.equal(retired.idle, 1);
  });

  it('holds requests that come while the new generation boots', async (t) => {
    const slowBoot = (version: string): string => `
      const until = Date.now() + ${version === 'v1' ? 0 : 400};
      while (Date.now() < until);
      ${plain(version)}`;
    const app = await Running.start(t, {
      standby: true,
      files: { 'server.js': slowBoot('v1') },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    app.write('server.js', slowBoot('v2'));
    await app.event('starting', (event) => event.generation === 2);
    assert.equal((await app.get('/')).body, 'v2');
    await app.event('holding');
  });

  it('holds them for longer than its server lets a connection be silent', async (t) => {
    const impatient = (version: string): string => `
      const until = Date.now() + ${version === 'v1' ? 0 : 1000};
      while (Date.now() < until);
      ${plain(version)}
      server.setTimeout(100);`;
    const app = await Running.start(t, {
      files: { 'server.js': impatient('v1') },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    app.write('server.js', impatient('v2'));
    await app.event('starting', (event) => event.generation === 2);
    assert.equal((await app.get('/')).body, 'v2');
  });

  it('answers with older code while booting if told so', async (t) => {
    const app = await Running.start(t, {
      standby: true,
      files: { 'server.js': plain('v1') },
      command: ['node', 'server.js'],
      options: ['--during-boot', 'serveOld'],
    });
    await app.serving(1);
    app.write('server.js', `${plain('v2')}\nconst until = Date.now() + 500; while (Date.now() < until);`);
    await app.event('starting', (event) => event.generation === 2);
    assert.equal((await app.get('/')).body, 'v1');
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'v2');
  });
});
