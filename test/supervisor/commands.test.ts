/** Dev commands as people write them, and what their servers are swapped by. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { processesMentioning } from './processes.ts';
import { freePort } from '../tools/free-port.mts';
import { request, Running } from './running.ts';
import { plain } from './servers.ts';
import { untilTrue } from './until.ts';

describe('a server', () => {
  it('whose script sets NODE_OPTIONS is swapped, and has them', async (t) => {
    const server = (version: string): string =>
      `${plain(version)}\nconsole.log('${version} has', process.env.NODE_OPTIONS);`;
    const app = await Running.start(t, {
      files: {
        'package.json': `{"name":"app","scripts":{"dev":"NODE_OPTIONS='--max-http-header-size=9000' node server.js"}}`,
        'server.js': server('v1'),
      },
      command: ['npm', 'run', 'dev'],
    });
    await app.serving(1);
    app.write('server.js', server('v2'));
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'v2');
    await app.printed(/v2 has --max-http-header-size=9000\n/);
  });

  it('that a wrapper has detached, to pass on signals to all of it, is swapped and ends', async (t) => {
    const app = await Running.start(t, {
      files: {
        'server.js': plain('v1'),
        'wrapper.js': `
const child = require('node:child_process').spawn('node', ['server.js'], { stdio: 'inherit', detached: true });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.kill(-child.pid, signal));
child.on('exit', (code) => process.exit(code ?? 1));`,
      },
      command: ['node', 'wrapper.js'],
    });
    await app.serving(1);
    app.write('server.js', plain('v2'));
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'v2');
    await app.retired(1);
    await app.stop();
    assert.deepEqual(processesMentioning(app.folder), []);
  });
});

describe('a debugger', () => {
  it('finds at its port who serves, after a swap and after one that was taken back', async (t) => {
    const port = await freePort();
    const app = await Running.start(t, {
      files: { 'server.js': plain('v1') },
      command: ['node', `--inspect=${port}`, 'server.js'],
      standby: true,
    });
    const found = async (): Promise<string> => {
      const { body } = await request({ port, host: '127.0.0.1', path: '/json', agent: false });
      return (JSON.parse(body) as { id: string }[])[0]!.id;
    };
    const ids = new Set<string>();
    const findsAnother = (): Promise<void> =>
      untilTrue(async () => {
        const id = await found().catch(() => undefined);
        return id !== undefined && ids.size < ids.add(id).size;
      });
    await app.serving(1);
    await findsAnother();
    await app.event('standby', ({ state }) => state === 'warm');
    app.write('server.js', plain('v2'));
    await app.serving(2);
    const { origin } = await app.event('starting', ({ generation }) => generation === 2);
    assert.equal(origin, 'standby');
    await findsAnother();
    app.write(
      'server.js',
      `${plain('v3')}\nserver.on('listening', () => setTimeout(() => process.exit(3), 100));`,
    );
    await app.event('rolledBack', ({ generation }) => generation === 3);
    await findsAnother();
    assert.equal((await app.get('/')).body, 'v2');
  });
});

describe('a command that becomes another one', () => {
  it("by its script, or by its watcher's settings, is what the next generation is started by", async (t) => {
    const app = await Running.start(t, {
      alone: true, // it is the CLI that reads it again
      standby: true,
      files: {
        'package.json': '{"name":"app","scripts":{"dev":"nodemon"}}',
        'nodemon.json': '{"exec":"node a.js"}',
        'a.js': plain('a'),
        'b.js': plain('b'),
        'c.js': plain('c'),
      },
      command: ['npm', 'run', 'dev'],
    });
    await app.serving(1);
    await app.event('standby', ({ state }) => state === 'warm');
    for (const [file, text, serves] of [
      ['nodemon.json', '{"exec":"node b.js"}', 'b'],
      ['package.json', '{"name":"app","scripts":{"dev":"node --watch c.js"}}', 'c'],
    ] as const) {
      app.write(file, text);
      await app.printed(new RegExp(`the command is another now: starting node ${serves}\\.js`));
      await untilTrue(async () => (await app.get('/')).body === serves);
    }
    app.write('c.js', plain('d'));
    await untilTrue(async () => (await app.get('/')).body === 'd');
  });
});

describe('a watcher that is replaced', () => {
  it('has told what counts although nothing loads it, and what does not although it is loaded', async (t) => {
    const app = await Running.start(t, {
      files: {
        'package.json':
          '{"name":"app","scripts":{"dev":"nodemon --watch schema -e js,graphql --ignore settings/ server.js"}}',
        'schema/a.graphql': 'v1',
        'settings/a.json': '1',
        'server.js': `require('./settings/a.json');
const schema = require('node:child_process').execSync('cat schema/a.graphql');
require('node:http').createServer((request, response) => response.end(schema)).listen(process.env.PORT);`,
      },
      command: ['npm', 'run', 'dev'],
    });
    await app.serving(1);
    app.write('settings/a.json', '2');
    app.write('schema/a.graphql', 'v2');
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'v2');
    app.write('settings/a.json', '3');
    app.write('schema/a.graphql', 'v3');
    await app.serving(3);
    const causes = app.events.flatMap((event) => (event.event === 'starting' ? event.cause.files : []));
    assert.deepEqual([...new Set(causes)], [path.join(app.folder, 'schema/a.graphql')]);
  });
});
