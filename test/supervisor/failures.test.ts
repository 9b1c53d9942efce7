/** Each failure ends with the older generation serving if there was one, and a clear sentence. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { runCli, Running } from './running.ts';
import type { RunOptions } from './running.ts';
import { isAlive } from './processes.ts';
import { plain } from './servers.ts';
import { onlyInAll } from '../tools/everything.mts';

async function serving(t: TestContext, options: Partial<RunOptions> = {}): Promise<Running> {
  const app = await Running.start(t, {
    files: { 'server.js': plain('v1') },
    command: ['node', 'server.js'],
    ...options,
  });
  await app.serving(1);
  return app;
}

/** Gen 2 was not to be: gen 1 serves on, and nothing of gen 2 is left. */
async function rolledBack(app: Running) {
  const failed = await app.event('rolledBack', (event) => event.generation === 2);
  assert.equal(failed.serving, 1);
  assert.equal((await app.get('/')).body, 'v1');
  await app.retired(2);
  const booted = await app.event('starting', (event) => event.generation === 2);
  assert.equal(isAlive(booted.pid), false);
  return failed;
}

describe('a generation that fails to boot', () => {
  it('names the place of a syntax error that the app catches and tells without it', async (t) => {
    const server = `try { require('./route'); } catch (error) {
  console.error('  ' + error.name + ': ' + error.message);
  process.exit(1);
}
${plain('v1')}`;
    const app = await serving(t, { files: { 'server.js': server, 'route.js': 'exports.a = 1;\n' } });
    app.write('route.js', 'exports.a = 1;\n}\n');
    const { reason, message, file, line } = await rolledBack(app);
    assert.deepEqual(
      { reason, message, file, line },
      {
        reason: 'bootError',
        message: "SyntaxError: Unexpected token '}'",
        file: path.join(app.folder, 'route.js'),
        line: 2,
      },
    );
  });

  it('names file, line and column of a syntax error, and the fix is served', async (t) => {
    const app = await serving(t);
    const broken = `${plain('v2')}\nconst a = };\n`;
    app.write('server.js', broken);
    const failed = await rolledBack(app);
    assert.equal(failed.reason, 'bootError');
    assert.match(failed.message, /SyntaxError: Unexpected token '}'/);
    const line = broken.split('\n').indexOf('const a = };') + 1;
    assert.deepEqual([path.basename(failed.file!), failed.line, failed.column], ['server.js', line, 11]);
    app.write('server.js', plain('v3'));
    await app.serving(3);
    assert.equal((await app.get('/')).body, 'v3');
  });

  it('names the place of an exception', async (t) => {
    const app = await serving(t);
    app.write('lib/config.js', 'module.exports = () => {\n  throw new TypeError("no database");\n};\n');
    app.write('server.js', `require('./lib/config.js')();\n${plain('v2')}`);
    const failed = await rolledBack(app);
    assert.equal(failed.message, 'TypeError: no database');
    assert.deepEqual([failed.file, failed.line], [path.join(app.folder, 'lib/config.js'), 2]);
  });

  it('says so when it exits before it listens', async (t) => {
    const app = await serving(t);
    app.write('server.js', 'process.exit(3);');
    const failed = await rolledBack(app);
    assert.equal(failed.reason, 'exited');
    assert.match(failed.message, /exited with code 3 before it listened/);
  });

  it('is ended when it never listens', async (t) => {
    const app = await serving(t, { options: ['--ready-timeout', '1000'] });
    app.write('server.js', 'setInterval(() => {}, 1000);');
    const failed = await rolledBack(app);
    assert.equal(failed.reason, 'notReady');
    assert.match(failed.message, /did not listen within 1 s/);
  });

  it('is waited for, however slow, where nothing else serves', async (t) => {
    const slow = `const wait = setInterval(() => {
  if (!require('node:fs').existsSync('go')) return;
  clearInterval(wait);
  ${plain('v1')}
}, 20);`;
    const app = await Running.start(t, {
      files: { 'server.js': slow },
      command: ['node', 'server.js'],
      options: ['--ready-timeout', '300'],
    });
    const notice = await app.event('notice', ({ message }) => message.includes('still starting'));
    assert.match(
      notice.message,
      /^gen 1 .* did not listen within 0.3 s, and is waited for: nothing else serves\./,
    );
    app.write('go', '');
    await app.serving(1);
    assert.equal((await app.get('/')).body, 'v1');
  });

  it('never meets a client when its probe fails', async (t) => {
    const withHealth = (version: string, status: number): string =>
      plain(version).replace(
        "if (req.url === '/slow')",
        `if (req.url === '/health') return res.writeHead(${status}).end();\nif (req.url === '/slow')`,
      );
    const app = await serving(t, {
      files: { 'server.js': withHealth('v1', 204) },
      options: ['--probe', '/health'],
    });
    app.write('server.js', withHealth('v2', 503));
    const failed = await rolledBack(app);
    assert.equal(failed.reason, 'probeFailed');
    assert.match(failed.message, /GET \/health answered 503/);
    app.write('server.js', withHealth('v3', 200));
    await app.serving(3);
    assert.equal((await app.get('/')).body, 'v3');
  });

  it('gives requests that it held back to the old one', async (t) => {
    const app = await serving(t);
    app.write('server.js', 'const until = Date.now() + 500; while (Date.now() < until); process.exit(1);');
    await app.event('starting', (event) => event.generation === 2);
    assert.equal((await app.get('/')).body, 'v1');
    const failed = await app.event('rolledBack');
    assert.equal(failed.released, 1);
  });

  it('ignores SIGTERM and is ended all the same', async (t) => {
    const stubborn = `process.on('SIGTERM', () => console.log('no'));\n${plain('v1')}`;
    const app = await serving(t, { files: { 'server.js': stubborn } });
    app.write('server.js', plain('v2'));
    await app.serving(2);
    const retired = await app.retired(1);
    assert.equal(retired.signal, 'SIGKILL');
  });

  it('takes its forked helpers with it', async (t) => {
    const forking = `const { spawn } = require('node:child_process');
      const helper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      console.log('helper', helper.pid, '!');\n${plain('v1')}`;
    const app = await serving(t, { files: { 'server.js': forking } });
    const helper = Number((await app.printed(/helper (\d+) !/))[1]);
    assert.equal(isAlive(helper), true);
    app.write('server.js', plain('v2'));
    await app.serving(2);
    await app.retired(1);
    assert.equal(isAlive(helper), false);
  });
});

describe('a first start that fails', () => {
  it('names the program that has the port', async (t) => {
    const stranger = net.createServer().listen(0);
    t.after(() => stranger.close());
    const port = (stranger.address() as net.AddressInfo).port;
    const app = await Running.start(t, {
      files: { 'server.js': plain('v1') },
      command: ['node', 'server.js'],
      env: { PORT: String(port) },
    });
    const failed = await app.event('rolledBack');
    assert.equal(failed.reason, 'portTaken');
    assert.equal(failed.serving, undefined);
    if (process.platform === 'linux') {
      assert.match(failed.message, new RegExp(`Port :${port} is taken by .*\\(pid ${process.pid}\\)`));
    }
  });

  it(
    'leaves alone what can not take part, and says why',
    { skip: process.platform !== 'linux' },
    async (t) => {
      const app = await Running.start(t, {
        files: { 'server.js': plain('v1') },
        command: ['sh', '-c', 'if true; then NODE_OPTIONS= node server.js; fi'],
      });
      const { pid } = await app.serving(1);
      const { message } = await app.event('notice');
      assert.match(message, new RegExp(`listens on :${app.port} without Hot Swap's preload`));
      assert.match(message, /NODE_OPTIONS/);
      assert.equal((await app.get('/')).body, 'v1');
      const { state, unmanaged, listeners } = await app.status();
      assert.deepEqual(
        [state, unmanaged, listeners.map(({ port }) => port)],
        ['serving', "Hot Swap's preload", [app.port]],
      );
      app.write('server.js', plain('v2'));
      await app.swapNow(); // what is asked for is done as it would be by hand
      await app.serving(2);
      assert.equal((await app.get('/')).body, 'v2');
      assert.equal(isAlive(pid), false);
    },
  );

  it('takes part however long it is at work after it has listened', onlyInAll, async (t) => {
    const blocking = (version: string): string =>
      `${plain(version)}\nfor (const until = Date.now() + 6000; Date.now() < until; );`;
    const app = await Running.start(t, {
      files: { 'server.js': blocking('v1') },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    assert.equal((await app.status()).unmanaged, undefined);
    app.write('server.js', blocking('v2'));
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'v2');
  });

  it(
    'leaves alone what listens in a worker thread, as its whole server',
    { skip: process.platform !== 'linux' },
    async (t) => {
      const app = await Running.start(t, {
        files: {
          'server.js': "new (require('node:worker_threads').Worker)('./thread.js');",
          'thread.js': plain('v1'),
        },
        command: ['node', 'server.js'],
      });
      await app.serving(1);
      assert.match((await app.event('notice')).message, /It listens in a worker thread/);
      assert.equal((await app.get('/')).body, 'v1');
    },
  );

  it('says why it has no place for its sockets', async () => {
    const { code, stderr } = await runCli(['run', '--', 'node', 'x.js'], tmpdir(), {
      HOT_SWAP_RUNTIME_DIR: '/dev/null',
    });
    assert.equal(code, 1);
    assert.match(stderr, /^hot-swap: Hot Swap can't make its socket folder \/dev\/null\/.*\n$/);
  });

  it('ends the CLI with 1 when there is no such command', async (t) => {
    const app = await Running.start(t, { alone: true, files: {}, command: ['no-such-program'] });
    const failed = await app.event('rolledBack');
    assert.equal(failed.reason, 'commandNotFound');
    assert.match(failed.message, /no-such-program/);
    assert.equal(await app.exited, 1);
  });

  it('waits for the fix and serves it', async (t) => {
    const app = await Running.start(t, {
      files: { 'server.js': 'throw new Error("early");' },
      command: ['node', 'server.js'],
    });
    const failed = await app.event('rolledBack');
    assert.deepEqual([failed.message, failed.serving], ['Error: early', undefined]);
    app.write('server.js', plain('v2'));
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'v2');
  });
});

describe('a serving generation that crashes', () => {
  it('keeps its clients waiting until the next good save', async (t) => {
    const crashing = plain('v1').replace(
      "if (req.url === '/slow')",
      "if (req.url === '/crash') process.exit(9);\nif (req.url === '/slow')",
    );
    const app = await serving(t, { files: { 'server.js': crashing } });
    await assert.rejects(app.get('/crash'));
    const failed = await app.event('rolledBack');
    assert.equal(failed.reason, 'crashed');
    const waiting = app.get('/'); // accepted by nobody yet
    app.write('server.js', plain('v2'));
    await app.serving(2);
    assert.equal((await waiting).body, 'v2');
  });

  it('ends the CLI with its own exit code when it ends by itself without error', async (t) => {
    const app = await serving(t, {
      files: {
        'server.js': plain('v1').replace(
          "if (req.url === '/slow')",
          "if (req.url === '/bye') return res.end('bye', () => process.exit(0));\nif (req.url === '/slow')",
        ),
      },
    });
    await app.get('/bye');
    assert.equal(await app.exited, 0);
  });
});

describe('a server whose folder is deleted', () => {
  it('serves on, and the swap says why it failed', async (t) => {
    const app = await serving(t);
    rmSync(app.folder, { recursive: true });
    app.swap();
    const failed = await app.event('rolledBack');
    assert.match(failed.message, /does not exist/);
    assert.equal((await app.get('/')).body, 'v1');
  });
});
