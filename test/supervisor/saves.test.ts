/** Only what matters swaps, and at once. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readFileSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { attach } from '../../src/client/attach.ts';
import { specDefaults } from '../../src/shared/spec.ts';
import * as rpc from '../../src/shared/rpc.ts';
import { cleanEnvironment, Running } from './running.ts';
import { plain } from './servers.ts';
import { untilTrue } from './until.ts';

const files = {
  'server.js': `const { answer } = require('./lib/answer.js');\n${plain('v1').replaceAll("'v1'", 'answer')}`,
  'lib/answer.js': "exports.answer = 'v1';\n",
  'docs/notes.md': 'hello\n',
  'test/answer.test.js': 'hello\n',
};

async function start(
  t: Parameters<typeof Running.start>[0],
  options: readonly string[] = [],
): Promise<Running> {
  const app = await Running.start(t, { standby: true, files, command: ['node', 'server.js'], options });
  await app.serving(1);
  return app;
}

/** Saves as the editor reports them. */
async function editor(t: Parameters<typeof Running.start>[0], app: Running) {
  const attached = await attach({ workspace: app.workspace, client: 'editor' });
  assert.ok(attached);
  t.after(() => attached.dispose());
  return async (...saved: string[]): Promise<void> => {
    const all = saved.map((file) => path.join(app.folder, file));
    await attached.connection.sendNotification(rpc.saved, { files: all, time: Date.now() });
  };
}

describe('a save', () => {
  it('of a loaded module below the main one swaps', async (t) => {
    const app = await start(t);
    app.write('lib/answer.js', "exports.answer = 'v2';\n");
    const started = await app.event('starting', (event) => event.generation === 2);
    assert.deepEqual(started.cause.files, [path.join(app.folder, 'lib/answer.js')]);
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'v2');
  });

  it('of a file that is not loaded is no swap, and the log says so', async (t) => {
    const app = await start(t, ['--no-watch']);
    const save = await editor(t, app);
    app.write('docs/notes.md', 'changed\n');
    await save('docs/notes.md');
    const ignored = await app.event('ignored');
    assert.deepEqual(
      [path.basename(ignored.file), ignored.reason, ignored.generation],
      ['notes.md', 'notLoaded', 1],
    );
  });

  it('that changes no byte is no swap, and the log says so', async (t) => {
    const app = await start(t, ['--no-watch']);
    const save = await editor(t, app);
    await save('lib/answer.js');
    const ignored = await app.event('ignored');
    assert.deepEqual([path.basename(ignored.file), ignored.reason], ['answer.js', 'unchanged']);
  });

  it('that changes no byte is no swap, however soon after the server began to serve', async (t) => {
    const names = Array.from({ length: 400 }, (_, index) => `lib/part-${String(index)}.js`);
    const parts = Object.fromEntries(
      names.map((name) => [name, `exports.text = '${'x'.repeat(20_000)}';\n`]),
    );
    const main = `${names.map((name) => `require('./${name}');`).join('\n')}\n${plain('v1')}`;
    const app = await Running.start(t, {
      standby: true,
      files: { ...parts, 'server.js': main },
      command: ['node', 'server.js'],
      options: ['--no-watch'],
    });
    await app.event('starting');
    const save = await editor(t, app);
    await app.serving(1);
    for (const name of names) await save(name); // one after the other, some of them while it learns what was loaded
    const last = path.join(app.folder, names.at(-1) ?? '');
    await app.event('ignored', ({ file, reason }) => file === last && reason === 'unchanged');
    assert.equal(app.events.filter(({ event }) => event === 'starting').length, 1);
  });

  it('that changes no byte is no swap, whatever file it is and whenever it is touched', async (t) => {
    const files = {
      'server.js': `require('./lib/words.js'); console.log('boots');
process.stdin.once('data', () => { ${plain('v1')} });`,
      'lib/words.js': 'module.exports = 1;',
      '.env': 'A=1',
      'tsconfig.json': '{}',
    };
    const app = await Running.start(t, { alone: true, standby: true, files, command: ['node', 'server.js'] });
    const touchAll = (): void => {
      for (const file of ['server.js', 'lib/words.js', '.env', 'tsconfig.json', 'package.json']) {
        const at = path.join(app.folder, file);
        const content = readFileSync(at, 'utf8');
        utimesSync(at, new Date(0), new Date(0)); // as mounts of a host do
        utimesSync(at, new Date(), new Date());
        app.write(file, content); // as formatters do
      }
    };
    await app.printed(/boots/);
    touchAll();
    app.process.stdin?.write('go\n');
    await app.serving(1);
    await app.event('standby', ({ state }) => state === 'warm');
    touchAll();
    app.write('.env', 'A=2');
    const { cause } = await app.event('starting', ({ generation }) => generation === 2);
    assert.deepEqual(
      cause.files.map((file) => path.basename(file)),
      ['.env'],
    );
  });

  it('of what a swap by command has loaded already is none', async (t) => {
    const app = await start(t, ['--no-watch']);
    const save = await editor(t, app);
    app.write('lib/answer.js', "exports.answer = 'v2';\n");
    // By more than the clock of a file system may be behind: else it may have changed after it was loaded.
    await untilTrue(() => Date.now() - statSync(path.join(app.folder, 'lib/answer.js')).ctimeMs > 20);
    assert.equal((await app.swapNow()).outcome, 'swapped');
    await save('docs/notes.md'); // one that is not loaded: for that it is asked what is
    await app.event('ignored', ({ reason }) => reason === 'notLoaded');
    await save('lib/answer.js');
    const ignored = await app.event('ignored', ({ reason }) => reason !== 'notLoaded');
    assert.deepEqual([path.basename(ignored.file), ignored.reason], ['answer.js', 'unchanged']);
  });

  it('of several files at once is one swap', async (t) => {
    const app = await start(t);
    const save = await editor(t, app);
    app.replace('lib/answer.js', "exports.answer = 'v2';\n");
    app.replace('server.js', `// edited\n${files['server.js']}`);
    await save('lib/answer.js', 'server.js');
    await app.serving(2);
    // The disk's own news of the same change comes later than a later swap would.
    assert.equal((await app.swapNow()).outcome, 'swapped');
    await app.serving(3);
    const causes = app.events.filter((event) => event.event === 'starting').map((event) => event.cause.kind);
    assert.deepEqual(causes, ['start', 'save', 'command']);
  });

  it('while a generation boots replaces it', async (t) => {
    const app = await start(t, ['--no-watch']);
    const save = await editor(t, app);
    const slow = (version: string): string =>
      `const until = Date.now() + 400; while (Date.now() < until);exports.answer = '${version}';\n`;
    app.write('lib/answer.js', slow('v2'));
    await save('lib/answer.js');
    await app.event('starting', (event) => event.generation === 2);
    app.write('lib/answer.js', slow('v3'));
    await save('lib/answer.js');
    const replaced = await app.event('replaced');
    assert.deepEqual([replaced.generation, replaced.by], [2, 3]);
    await app.serving(3);
    assert.equal((await app.get('/')).body, 'v3');
    assert.equal(
      app.events.some((event) => event.event === 'serving' && event.generation === 2),
      false,
    );
  });

  it('of a lazily loaded module swaps too', async (t) => {
    const app = await Running.start(t, {
      standby: true,
      files: {
        'server.js': plain('v1').replace(
          "if (req.url === '/slow')",
          "if (req.url === '/lazy') return res.end(require('./lib/lazy.js'));\nif (req.url === '/slow')",
        ),
        'lib/lazy.js': "module.exports = 'lazy 1';",
      },
      command: ['node', 'server.js'],
      options: ['--no-watch'],
    });
    await app.serving(1);
    assert.equal((await app.get('/lazy')).body, 'lazy 1');
    const save = await editor(t, app);
    app.write('lib/lazy.js', "module.exports = 'lazy 2';");
    await save('lib/lazy.js');
    await app.serving(2);
    assert.equal((await app.get('/lazy')).body, 'lazy 2');
  });

  it('of a file that the user named swaps, though nothing loads it', async (t) => {
    const app = await start(t);
    const attached = await attach({ workspace: app.workspace, client: 'editor' });
    assert.ok(attached);
    t.after(() => attached.dispose());
    app.write('views/admin/index.html', 'v1');
    await attached.connection.sendRequest(rpc.define, {
      ...specDefaults,
      name: app.name,
      command: ['node', 'server.js'],
      cwd: app.folder,
      env: { ...cleanEnvironment(), PORT: String(app.port) },
      watch: ['views/**/*.html', '../shared-*.env'],
    });
    await app.swapNow();
    // A folder that is watched only now is seen after a while, and nobody says when.
    let version = 2;
    const writing = setInterval(() => app.write('views/admin/index.html', `v${(version += 1)}`), 300);
    t.after(() => clearInterval(writing));
    const started = await app.event('starting', (event) => event.cause.kind === 'disk');
    assert.deepEqual(started.cause.files, [path.join(app.folder, 'views/admin/index.html')]);
  });

  it('by rename, as many editors write, swaps each time', async (t) => {
    const app = await start(t);
    for (const generation of [2, 3, 4]) {
      app.replace('lib/answer.js', `exports.answer = 'v${generation}';\n`);
      await app.serving(generation);
      assert.equal((await app.get('/')).body, `v${generation}`);
    }
  });
});
