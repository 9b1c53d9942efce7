/** What is loaded after the boot, and by whom else: at the first requests, by threads, by children. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import path from 'node:path';
import { Running } from './running.ts';

const serve = (answer: string): string =>
  `require('node:http').createServer(async (request, response) => response.end(String(await (${answer})(request)))).listen(process.env.PORT);`;

/** Saved at once: whoever has used a file says when, however late that is heard. */
async function swapsFor(app: Running, file: string, content: string): Promise<void> {
  app.write(file, content);
  const started = await app.event('starting', ({ generation }) => generation === 2);
  assert.deepEqual(started.cause.files, [path.join(app.folder, file)]);
  await app.serving(2);
}

async function start(t: TestContext, files: Readonly<Record<string, string>>): Promise<Running> {
  const app = await Running.start(t, { files, command: ['node', 'server.js'] });
  await app.serving(1);
  return app;
}

it('a file that the server watches itself is for it to take up', async (t) => {
  const app = await start(t, {
    'text.txt': 'v1',
    'server.js': `const { readFileSync, watch } = require('node:fs');
let text = readFileSync('text.txt', 'utf8');
watch('.', (_, file) => {
  if (file === 'text.txt') text = readFileSync('text.txt', 'utf8');
});
${serve('() => text')}`,
  });
  app.write('text.txt', 'v2');
  while ((await app.get('/')).body !== 'v2');
  app.write('server.js', serve("() => 'v3'"));
  const { cause } = await app.event('starting', ({ generation }) => generation === 2);
  assert.deepEqual(cause.files, [path.join(app.folder, 'server.js')]);
  await app.serving(2);
});

describe('a file that is first used after the boot', () => {
  it('swaps if it was read at a request and is kept, in a folder that nobody watched', async (t) => {
    const app = await start(t, {
      'locales/de/texts.json': '{"hello":"v1"}',
      'server.js': `const texts = new Map();
const text = (lang) => {
  if (!texts.has(lang)) texts.set(lang, JSON.parse(require('node:fs').readFileSync('locales/' + lang + '/texts.json', 'utf8')));
  return texts.get(lang).hello;
};
${serve("() => text('de')")}`,
    });
    assert.equal((await app.get('/')).body, 'v1');
    await swapsFor(app, 'locales/de/texts.json', `{"hello":"v2"}`);
  });

  it('swaps if it was required at a request, in a folder that nobody watched', async (t) => {
    const app = await start(t, {
      'lib/lazy.js': "module.exports = 'v1';",
      'server.js': serve("() => require('./lib/lazy.js')"),
    });
    assert.equal((await app.get('/')).body, 'v1');
    await swapsFor(app, 'lib/lazy.js', `module.exports = 'v2';`);
  });

  it('does not if it is read anew each time, or streamed', async (t) => {
    const app = await start(t, {
      'page.html': 'v1',
      'public/style.css': 'v1',
      'boot.txt': '1',
      'server.js': `const fs = require('node:fs');
fs.readFileSync('boot.txt');
require('node:http').createServer((request, response) => {
  if (request.url === '/style.css') fs.createReadStream('public/style.css').pipe(response);
  else response.end(fs.readFileSync('page.html', 'utf8'));
}).listen(process.env.PORT);`,
    });
    for (const until = Date.now() + 100; Date.now() < until;) await app.get('/');
    await app.get('/style.css');
    app.write('page.html', 'v2');
    app.write('public/style.css', 'v2');
    assert.equal((await app.get('/')).body, 'v2');
    assert.equal((await app.get('/style.css')).body, 'v2');
    app.write('boot.txt', '2');
    const started = await app.event('starting', ({ generation }) => generation === 2);
    assert.deepEqual(started.cause.files, [path.join(app.folder, 'boot.txt')]);
  });

  const texts = { 'lib/text.js': "module.exports = 'v1';", 'worker.js': '' };
  for (const [who, files] of Object.entries({
    'a thread': {
      'worker.js': `const text = require('./lib/text.js');
const { parentPort } = require('node:worker_threads');
parentPort.on('message', () => parentPort.postMessage(text));`,
      'server.js': `const worker = new (require('node:worker_threads').Worker)('./worker.js');
${serve("() => new Promise((resolve) => { worker.once('message', resolve); worker.postMessage(1); })")}`,
    },
    'a child that was there before': {
      'worker.js': `const text = require('./lib/text.js'); process.on('message', () => process.send(text));`,
      'server.js': `const child = require('node:child_process').fork('./worker.js');
${serve("() => new Promise((resolve) => { child.once('message', resolve); child.send(1); })")}`,
    },
    'a child that a request starts': {
      'worker.js': `import('./lib/text.js').then(({ default: text }) => process.on('message', () => process.send(text)));`,
      'server.js': `let child;
${serve("() => new Promise((resolve) => { child ??= require('node:child_process').fork('./worker.js'); child.once('message', resolve); child.send(1); })")}`,
    },
  })) {
    it(`swaps if ${who} has loaded it`, async (t) => {
      const app = await start(t, { ...texts, ...files });
      assert.equal((await app.get('/')).body, 'v1');
      await swapsFor(app, 'lib/text.js', `module.exports = 'v2';`);
    });
  }
});
