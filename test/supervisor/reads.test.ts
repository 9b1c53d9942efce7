/** Files that no loader knows of: what a server reads while it boots counts, what it writes does not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import path from 'node:path';
import { Running } from './running.ts';

const commonJs = `
const fs = require('node:fs');
const page = fs.readFileSync('views/page.html', 'utf8');
fs.readFile('settings.yaml', 'utf8', (_error, settings) => {
  require('node:http').createServer((request, response) => {
    if (request.url === '/write') fs.writeFileSync('data.json', request.headers['x-data']);
    response.end(page + settings + fs.readFileSync('data.json', 'utf8'));
  }).listen(process.env.PORT);
});
fs.readFileSync('data.json');`;
const module = `
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
const page = readFileSync(new URL('views/page.html', import.meta.url), 'utf8');
const settings = await readFile('settings.yaml', 'utf8');
http.createServer((request, response) => response.end(page + settings)).listen(process.env.PORT);`;
const files = {
  'views/page.html': 'page 1, ',
  'settings.yaml': 'settings 1, ',
  'data.json': '1',
  'notes.txt': '',
};

async function start(t: TestContext, main: Readonly<Record<string, string>>): Promise<Running> {
  const app = await Running.start(t, {
    files: { ...files, ...main },
    command: ['node', Object.keys(main)[0]!],
  });
  await app.serving(1);
  return app;
}

describe('a file that is read while the server boots', () => {
  for (const [kind, main] of Object.entries({
    CommonJS: { 'server.js': commonJs },
    'an ES module': { 'server.mjs': module },
  })) {
    it(`swaps ${kind} when it changes`, async (t) => {
      const app = await start(t, main);
      app.write('views/page.html', 'page 2, ');
      const first = await app.event('starting', ({ generation }) => generation === 2);
      assert.deepEqual(first.cause.files, [path.join(app.folder, 'views/page.html')]);
      await app.serving(2);
      app.write('settings.yaml', 'settings 2, ');
      await app.serving(3);
      assert.match((await app.get('/')).body, /^page 2, settings 2, /);
    });
  }

  it('does not when it is the server that writes it', async (t) => {
    const app = await start(t, { 'server.js': commonJs });
    await app.get('/write', { headers: { 'x-data': '2' } });
    assert.match((await app.get('/')).body, /2$/);
    // Were there a swap, it would be before this one.
    app.write('views/page.html', 'page 2, ');
    const started = await app.event('starting', ({ generation }) => generation === 2);
    assert.deepEqual(started.cause.files, [path.join(app.folder, 'views/page.html')]);
  });

  it('does not when the server renames another one over it', async (t) => {
    const renaming = commonJs.replace(
      "fs.writeFileSync('data.json', request.headers['x-data'])",
      "(fs.writeFileSync('data.json.tmp', request.headers['x-data']), fs.renameSync('data.json.tmp', 'data.json'))",
    );
    const app = await start(t, { 'server.js': renaming });
    await app.get('/write', { headers: { 'x-data': '2' } });
    assert.match((await app.get('/')).body, /2$/);
    app.write('views/page.html', 'page 2, ');
    const started = await app.event('starting', ({ generation }) => generation === 2);
    assert.deepEqual(started.cause.files, [path.join(app.folder, 'views/page.html')]);
  });

  it('swaps although a thousand others are read, too', async (t) => {
    const parts = Array.from({ length: 1000 }, (_, n) => `parts/${n}.txt`);
    const app = await Running.start(t, {
      files: {
        ...Object.fromEntries(parts.map((part) => [part, 'v1'])),
        'server.js': `
const fs = require('node:fs');
const parts = Array.from({ length: 1000 }, (_, n) => fs.readFileSync('parts/' + n + '.txt', 'utf8'));
require('node:http').createServer((request, response) => response.end(parts[999])).listen(process.env.PORT);`,
      },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    app.write('parts/999.txt', 'v2');
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'v2');
  });

  it('swaps if Node reads it for its environment, and is in force', async (t) => {
    const app = await Running.start(t, {
      files: {
        'config/dev.env': 'GREETING=v1',
        'server.js': `require('node:http').createServer((request, response) =>
          response.end(process.env.GREETING)).listen(process.env.PORT);`,
      },
      command: ['node', '--env-file=config/dev.env', 'server.js'],
    });
    await app.serving(1);
    app.write('config/dev.env', 'GREETING=v2');
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'v2');
  });

  it('swaps if it lies above, where packages of one repository share things', async (t) => {
    const app = await Running.start(t, {
      files: {
        'shared.txt': 'v1',
        'packages/api/server.js': `
const shared = require('node:fs').readFileSync('../../shared.txt', 'utf8');
require('node:http').createServer((request, response) => response.end(shared)).listen(process.env.PORT);`,
      },
      command: ['node', 'server.js'],
      options: ['--cwd', 'packages/api'],
    });
    await app.serving(1);
    app.write('shared.txt', 'v2');
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'v2');
  });
});
