/** Back to the older generation, even after the cutover. */
import assert from 'node:assert/strict';
import type http from 'node:http';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { keptConnection, Running } from './running.ts';
import { plain } from './servers.ts';

/** Boots well and dies of its first client. */
const diesAtOnce = plain('v2').replace(
  "if (req.url === '/slow')",
  "process.exit(1); if (req.url === '/slow')",
);

/** With a connection that was kept to the one before. */
async function replacedByOneThatDies(t: TestContext): Promise<{ app: Running; agent: http.Agent }> {
  const app = await Running.start(t, {
    files: { 'server.js': plain('v1') },
    command: ['node', 'server.js'],
  });
  await app.serving(1);
  const agent = keptConnection(t);
  await app.get('/', { agent });
  app.write('server.js', diesAtOnce);
  await app.serving(2);
  return { app, agent };
}

describe('a generation that crashes just after the cutover', () => {
  it('gives the socket back to the one before, which serves on', async (t) => {
    const app = await Running.start(t, {
      files: { 'server.js': plain('v1') },
      command: ['node', 'server.js'],
    });
    const first = await app.serving(1);
    app.write('server.js', diesAtOnce);
    await app.serving(2);
    await assert.rejects(app.get('/')); // the client that killed it
    const failed = await app.event('rolledBack');
    assert.deepEqual([failed.generation, failed.reason, failed.serving], [2, 'crashed', 1]);
    assert.equal((await app.get('/')).body, 'v1');
    assert.equal((await app.status()).serving?.pid, first.pid);
    app.write('server.js', plain('v3'));
    await app.serving(3);
    assert.equal((await app.get('/')).body, 'v3');
    assert.equal((await app.retired(1)).lost, 0);
  });

  it('does so again and again', async (t) => {
    const app = await Running.start(t, {
      files: { 'server.js': plain('v1') },
      command: ['node', 'server.js'],
      options: ['--no-watch'],
    });
    await app.serving(1);
    for (const generation of [2, 3, 4]) {
      app.write('server.js', diesAtOnce);
      await app.swapNow();
      await assert.rejects(app.get('/'));
      await app.event('rolledBack', (event) => event.generation === generation);
      assert.equal((await app.get('/')).body, 'v1');
    }
  });

  it('has the one before answer what was passed on to it', async (t) => {
    const { app, agent } = await replacedByOneThatDies(t);
    const answer = await app.get('/', { agent });
    assert.deepEqual([answer.status, answer.body], [200, 'v1']);
    const failed = await app.event('rolledBack');
    assert.deepEqual([failed.generation, failed.serving], [2, 1]);
  });

  it('keeps the connections that the older one still had', async (t) => {
    const { app, agent } = await replacedByOneThatDies(t);
    await assert.rejects(app.get('/'));
    await app.event('rolledBack');
    assert.equal((await app.get('/', { agent })).body, 'v1');
  });

  it('leaves the older one free to end by itself', async (t) => {
    const closes = plain('v1').replace(
      "if (req.url === '/slow')",
      "if (req.url === '/close') server.close();\n  if (req.url === '/slow')",
    );
    const app = await Running.start(t, { files: { 'server.js': closes }, command: ['node', 'server.js'] });
    await app.serving(1);
    app.write('server.js', diesAtOnce);
    await app.serving(2);
    await assert.rejects(app.get('/'));
    await app.event('rolledBack');
    await app.get('/close');
    const { exitCode, requested } = await app.event('stopped');
    assert.deepEqual([exitCode, requested], [0, false]);
  });
});
