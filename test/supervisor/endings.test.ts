/** A server ends as it does without us: by its own handlers, in its own time, with its own exit code. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { isAlive, processesMentioning } from './processes.ts';
import { Running } from './running.ts';
import { plain } from './servers.ts';
import { untilTrue } from './until.ts';

/** Closes its server at once, and its database in `ms`; then there is nothing left to do. */
const closing = (version: string, signal: string, ms: number, last: string): string => `
${plain(version)}
process.on('${signal}', () => {
  console.log('${version} closes its database');
  server.close();
  server.closeIdleConnections();
  setTimeout(() => { console.log('${version} has closed it'); ${last} }, ${ms});
});
`;

const commands: Readonly<Record<string, readonly string[]>> = {
  'a server': ['node', 'server.js'],
  'a server below npm': ['npm', 'run', 'dev'],
};

describe('the end of', () => {
  for (const [what, command] of Object.entries(commands)) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      it(`${what} by ${signal} is that of its handler, whose words and exit code are passed on`, async (t) => {
        const app = await Running.start(t, {
          standby: true,
          files: {
            'server.js': closing('v1', signal, 200, 'process.exit(7);'),
            'package.json': '{"name":"app","scripts":{"dev":"node server.js"}}',
          },
          command,
        });
        await app.serving(1);
        assert.equal(await app.stop(signal), 7);
        assert.match(app.output, /v1 closes its database\n[^]*v1 has closed it/);
        assert.deepEqual(processesMentioning(app.folder), []);
      });
    }
  }

  it('an old generation takes the three seconds that its shutdown needs, and no more', async (t) => {
    const app = await Running.start(t, {
      standby: true,
      files: { 'server.js': closing('v1', 'SIGTERM', 3000, '') },
      command: ['node', 'server.js'],
      options: ['--no-standby'],
    });
    await app.serving(1);
    app.write('server.js', plain('v2'));
    await app.serving(2);
    const retired = await app.retired(1);
    assert.deepEqual([retired.exitCode, retired.signal], [0, null]);
    assert.match(app.output, /v1 closes its database\n[^]*v1 has closed it/);
    assert.equal((await app.get('/')).body, 'v2');
  });

  it('a server comes when nobody reads any more what it prints', async (t) => {
    const app = await Running.start(t, {
      alone: true,
      files: { 'server.js': `${plain('v1')}\nprocess.on('SIGHUP', () => process.exit(0));` },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    app.process.stdout!.destroy();
    await once(app.process.stdout!, 'close');
    app.write('server.js', plain('v2')); // there is something to be printed
    assert.equal(await app.exited, 0);
    assert.doesNotMatch(app.output, /EPIPE/);
    assert.deepEqual(processesMentioning(app.folder), []);
  });

  it('a server that ends with its input comes when that ends, whichever generation it is', async (t) => {
    const source = `${plain('v1')}\nprocess.stdin.on('end', () => process.exit(0)).resume();`;
    const app = await Running.start(t, {
      alone: true,
      standby: true,
      files: { 'server.js': source },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    app.write('server.js', source.replaceAll('v1', 'v2'));
    await app.retired(1);
    app.process.stdin!.end();
    assert.equal(await app.exited, 0);
    assert.deepEqual(processesMentioning(app.folder), []);
  });

  it('a server that does not listen to its input goes on when that ends, and so does the next', async (t) => {
    const app = await Running.start(t, {
      alone: true,
      standby: true,
      files: { 'server.js': plain('v1') },
      command: ['node', 'server.js'],
    });
    app.process.stdin!.end();
    await app.serving(1);
    const waits = plain('v2')
      .replace('server.listen', "process.stdin.on('end', () => server.listen")
      .replace(/;\n$/, ').resume();\n');
    app.write('server.js', waits);
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'v2');
  });

  it('a server that does not end by SIGINT comes with the second one', async (t) => {
    const app = await Running.start(t, {
      alone: true,
      standby: true,
      files: { 'server.js': `${plain('v1')}\nprocess.on('SIGINT', () => console.log('v1 goes on'));` },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    app.process.kill('SIGINT');
    await app.printed(/v1 goes on/);
    assert.equal(await app.stop('SIGINT'), 1);
    assert.deepEqual(processesMentioning(app.folder), []);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`hot-swap run by ${signal} leaves nothing alive, whenever it comes`, async (t) => {
      for (const moment of ['at once', 'starting', 'serving', 'warm', 'swapping'] as const) {
        const app = await Running.start(t, {
          standby: true,
          files: { 'server.js': plain('v1') },
          command: ['node', 'server.js'],
        });
        if (moment === 'starting') await app.event('starting');
        else if (moment !== 'at once') await app.serving(1);
        if (moment === 'warm') await app.event('standby', ({ state }) => state === 'warm');
        if (moment === 'swapping') {
          app.write('server.js', plain('v2'));
          await app.event('starting', ({ generation }) => generation === 2);
        }
        await app.stop(signal);
        assert.deepEqual(processesMentioning(app.folder), [], moment);
      }
    });
  }

  it('a wrapper leaves no grandchild', async (t) => {
    const app = await Running.start(t, {
      standby: true,
      files: {
        'server.js': `console.log('server', process.pid, '!');\n${plain('v1')}`,
        'package.json': '{"name":"app","scripts":{"dev":"node server.js"}}',
      },
      command: ['npm', 'run', 'dev'],
      options: ['--no-standby'],
    });
    const { generation } = await app.serving(1);
    const { pid: npm } = await app.event('starting', (event) => event.generation === generation);
    const server = Number((await app.printed(/server (\d+) !/))[1]);
    process.kill(npm, 'SIGKILL');
    await untilTrue(() => !isAlive(npm));
    app.write('server.js', plain('v2'));
    await app.serving(2);
    await app.retired(1);
    assert.equal(isAlive(server), false);
    await app.stop();
    assert.deepEqual(processesMentioning(app.folder), []);
  });
});
