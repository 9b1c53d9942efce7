/** What a generation writes is its data, by whatever means, and however it was read; what a person saves is source. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import path from 'node:path';
import { nodeBinary, newestMajors } from '../tools/node-versions.mts';
import { Running } from './running.ts';

const writers: Readonly<Record<string, string>> = {
  'fs.promises': "await fs.promises.writeFile('db.json', text)",
  'a stream': "await new Promise((resolve) => fs.createWriteStream('db.json').end(text, resolve))",
  'a file handle':
    "const file = await fs.promises.open('db.json', 'r+'); await file.truncate(0); await file.write(text, 0); await file.close()",
  'another file, renamed over it':
    "fs.writeFileSync('db.json.tmp', text); fs.renameSync('db.json.tmp', 'db.json')",
  'another file, copied over it':
    "fs.writeFileSync('db.tmp', text); await fs.promises.copyFile('db.tmp', 'db.json')",
  'a thread':
    'await new Promise((resolve) => new (require(\'node:worker_threads\').Worker)(\'require("fs").writeFileSync("db.json", require("worker_threads").workerData)\', { eval: true, workerData: text }).once(\'exit\', resolve))',
  'a child':
    "await new Promise((resolve) => require('node:child_process').spawn('node', ['-e', 'require(\"fs\").writeFileSync(\"db.json\", process.argv[1])', text]).once('exit', resolve))",
};
const server = (read: string, write: string): string => `const fs = require('node:fs');
const db = ${read};
fs.readFileSync('page.html');
require('node:http').createServer(async (request, response) => {
  if (request.method === 'POST') {
    const text = JSON.stringify({ n: (db.n += 1) });
    ${write};
  }
  response.end(String(db.n));
}).listen(process.env.PORT);`;
const byFs = "JSON.parse(fs.readFileSync('db.json', 'utf8'))";
const page = { 'page.html': '1', 'db.json': '{"n":0}' };

describe('a file that the server loads and each start writes anew', () => {
  const generate = `echo "module.exports = '$$ $(date)'" > generated.js`;
  const runs = (version: string): string => `require('node:child_process').execFileSync('./generate');
require('./generated.js');
require('node:http').createServer((request, response) => response.end('${version}')).listen(process.env.PORT);`;
  const loads = (version: string): string => runs(version).split('\n').slice(1).join('\n');

  for (const [by, source, command] of [
    ['a program before the server', loads, ['sh', '-c', 'if ./generate; then node server.js; fi']],
    ['a program that the server runs', runs, ['node', 'server.js']],
  ] as const) {
    it(`by ${by} starts it no more after a while, and other saves do`, async (t) => {
      const app = await Running.start(t, {
        standby: true,
        files: { 'generated.js': '', generate: `#!/bin/sh\n${generate}`, 'server.js': source('v1') },
        prepare: (folder) => chmodSync(path.join(folder, 'generate'), 0o755),
        command,
      });
      await app.event('notice', ({ message }) => message.startsWith('generated.js is written anew'));
      app.write('server.js', source('v2'));
      const file = path.join(app.folder, 'server.js');
      const { generation } = await app.event('starting', ({ cause }) => cause.files.includes(file));
      await app.serving(generation);
      assert.equal((await app.get('/')).body, 'v2');
      const starts = app.events.filter(({ event }) => event === 'starting');
      assert.equal(starts.length, generation);
      assert.ok(generation < 10, `${generation} starts`);
    });
  }
});

describe('a file that the server read and writes', () => {
  for (const [by, write] of Object.entries({
    ...writers,
    'itself, as it requires it': writers['fs.promises']!,
  })) {
    it(`by ${by} is no source`, async (t) => {
      const read = by.startsWith('itself') ? "require('./db.json')" : byFs;
      const files = { ...page, 'server.js': server(read, write) };
      const app = await Running.start(t, { files, command: ['node', 'server.js'] });
      await app.serving(1);
      for (let n = 1; n <= 3; n += 1) assert.equal((await app.get('/', { method: 'POST' })).body, String(n));
      // Were there a swap, it would be before this one.
      app.write('page.html', '2');
      const started = await app.event('starting', ({ generation }) => generation === 2);
      assert.deepEqual(started.cause.files, [path.join(app.folder, 'page.html')]);
    });
  }

  for (const major of newestMajors) {
    it(`by fs.promises is no source, and what it only read is, on Node ${major}`, async (t) => {
      const files = {
        'text.txt': '1',
        'db.json': '{"n":0}',
        'server.js': `const fs = require('node:fs/promises');
let text;
let made = 0;
require('node:http').createServer(async (request, response) => {
  text ??= fs.readFile('text.txt', 'utf8');
  if (request.method === 'POST') await fs.writeFile('db.json', JSON.stringify({ n: (made += 1) }));
  response.end(await text);
}).listen(process.env.PORT);
fs.readFile('db.json', 'utf8');`,
      };
      const app = await Running.start(t, { files, command: [await nodeBinary(major), 'server.js'] });
      await app.serving(1);
      for (let n = 1; n <= 3; n += 1) await app.get('/', { method: 'POST' });
      app.write('text.txt', '2');
      const started = await app.event('starting', ({ generation }) => generation === 2);
      assert.deepEqual(started.cause.files, [path.join(app.folder, 'text.txt')]);
      await app.serving(2);
      assert.equal((await app.get('/')).body, '2');
    });
  }

  it('by a program of another kind is no source, in a hidden folder in which it writes itself', async (t) => {
    const app = await Running.start(t, {
      files: {
        'page.html': '1',
        'server.js': `const fs = require('node:fs');
const { execFileSync } = require('node:child_process');
fs.readFileSync('page.html');
fs.mkdirSync('.tool/chunks', { recursive: true });
let n = 0;
require('node:http').createServer((request, response) => {
  fs.writeFileSync('.tool/state.json', String((n += 1)));
  execFileSync('sh', ['-c', 'echo "module.exports = ' + n + '" > .tool/chunks/one.js']);
  response.end(String(require(process.cwd() + '/.tool/chunks/one.js')));
}).listen(process.env.PORT);`,
      },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    for (let n = 1; n <= 3; n += 1) assert.equal((await app.get('/')).body, '1');
    app.write('page.html', '2');
    const started = await app.event('starting', ({ generation }) => generation === 2);
    assert.deepEqual(started.cause.files, [path.join(app.folder, 'page.html')]);
  });

  it('as it leaves is none, either: its successor serves on', async (t) => {
    const app = await Running.start(t, {
      files: {
        ...page,
        'server.js': `${server(byFs, '')}
process.on('SIGTERM', () => { fs.writeFileSync('db.json', JSON.stringify({ n: db.n + 1 })); process.exit(); });`,
      },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    app.write('page.html', '2');
    await app.serving(2);
    await app.retired(1);
    assert.equal(readFileSync(path.join(app.folder, 'db.json'), 'utf8'), '{"n":1}');
    app.write('page.html', '3');
    const started = await app.event('starting', ({ generation }) => generation === 3);
    assert.deepEqual(started.cause.files, [path.join(app.folder, 'page.html')]);
  });

  it('at each boot is none', async (t) => {
    const making = `require('node:fs').writeFileSync('made.json', String(Date.now()));\nconst made = require('./made.json');\n`;
    const app = await Running.start(t, {
      files: { ...page, 'server.js': making + server(byFs, '') },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    app.write('page.html', '2');
    await app.serving(2);
    app.write('page.html', '3');
    await app.serving(3);
    const starts = app.events.filter(({ event }) => event === 'starting');
    assert.equal(starts.length, 3);
  });
});

describe('a file that a program makes at each boot, for which the server waits,', () => {
  it('is no source, and what it is made of is', async (t) => {
    const app = await Running.start(t, {
      files: {
        'routes.js': "module.exports = 'v1'",
        'generate.js': `require('node:fs').writeFileSync('generated.js', '// ' + process.hrtime() + '\\nmodule.exports = require("./routes.js")')`,
        'server.js': `require('node:child_process').execSync('node generate.js');
const routes = require('./generated.js');
require('node:http').createServer((request, response) => response.end(routes)).listen(process.env.PORT);`,
      },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    app.write('routes.js', "module.exports = 'v2'");
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'v2');
    app.write('routes.js', "module.exports = 'v3'");
    await app.serving(3);
    const causes = app.events.flatMap((event) => (event.event === 'starting' ? event.cause.files : []));
    assert.deepEqual([...new Set(causes)], [path.join(app.folder, 'routes.js')]);
  });
});

describe('a file that the server only read', () => {
  for (const [how, read] of Object.entries({ reads: byFs, requires: "require('./db.json')" })) {
    it(`swaps when a person saves it, as it ${how} it`, async (t) => {
      const app = await Running.start(t, {
        files: { ...page, 'server.js': server(read, '') },
        command: ['node', 'server.js'],
      });
      await app.serving(1);
      app.write('db.json', '{"n":7}');
      await app.serving(2);
      assert.equal((await app.get('/')).body, '7');
    });
  }

  it('swaps when a person saves it, though the first generation made it as none was there', async (t) => {
    const making = `const fs0 = require('node:fs'); if (!fs0.existsSync('db.json')) fs0.writeFileSync('db.json', '{"n":1}');\n`;
    const app = await Running.start(t, {
      files: { 'page.html': '1', 'server.js': making + server(byFs, '') },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    assert.equal((await app.get('/')).body, '1');
    app.write('db.json', '{"n":7}');
    await app.serving(2);
    assert.equal((await app.get('/')).body, '7');
  });
});
