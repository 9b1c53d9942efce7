/** What was looked for in vain is a save when it appears: by a boot that failed, or by one that went without. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import path from 'node:path';
import { Running } from './running.ts';

const answer =
  "require('node:http').createServer((request, response) => response.end(text)).listen(process.env.PORT);";
const imported =
  "import http from 'node:http';\nhttp.createServer((request, response) => response.end(text)).listen(process.env.PORT);";

interface Case {
  readonly main: Readonly<Record<string, string>>;
  readonly missing: string;
  readonly content: string;
  readonly command?: readonly string[];
}

const module: Case = {
  main: { 'server.js': `const text = require('./lib/db/text');\n${answer}` },
  missing: 'lib/db/text.js',
  content: "module.exports = 'there';",
};
const failing: Readonly<Record<string, Case>> = {
  'a module in a new folder': module,
  'a module that is a folder': { ...module, missing: 'lib/db/text/index.js' },
  'an ES module': {
    main: { 'server.mjs': `import { text } from './lib/db/text.mjs';\n${imported}` },
    missing: 'lib/db/text.mjs',
    content: "export const text = 'there';",
  },
  'a file that it reads': {
    main: {
      'server.js': `const text = require('node:fs').readFileSync('settings/dev/text.yaml', 'utf8');\n${answer}`,
    },
    missing: 'settings/dev/text.yaml',
    content: 'there',
  },
  'a file that it asks for before it gives up': {
    main: {
      'server.js': `if (!require('node:fs').existsSync('keys/key.pem')) process.exit(1);\nconst text = 'there';\n${answer}`,
    },
    missing: 'keys/key.pem',
    content: 'key',
  },
  'a folder whose files it loads': {
    main: {
      'server.js': `const text = require('node:fs').readdirSync('routes').map((name) => require('./routes/' + name)).join();\n${answer}`,
    },
    missing: 'routes/first.js',
    content: "module.exports = 'there';",
  },
  'an env file that its command names': {
    main: { 'server.js': `const text = process.env.TEXT;\n${answer}` },
    missing: 'config/dev.env',
    content: 'TEXT=there',
    command: ['node', '--env-file=config/dev.env', 'server.js'],
  },
};

describe('the first start, which fails,', () => {
  for (const [what, { main, missing, content, command }] of Object.entries(failing)) {
    it(`is made up for by ${what}`, async (t) => {
      const app = await Running.start(t, {
        files: main,
        command: command ?? ['node', Object.keys(main)[0]!],
      });
      await app.retired(1);
      app.write(missing, content);
      await app.event('serving');
      assert.equal((await app.get('/')).body, 'there');
    });
  }

  it('for an error in a folder below, is made up for by its correction', async (t) => {
    const app = await Running.start(t, {
      files: { ...module.main, 'lib/db/text.js': 'module.exports = ;' },
      command: ['node', 'server.js'],
    });
    await app.retired(1);
    app.write('lib/db/text.js', module.content);
    await app.event('serving');
    assert.equal((await app.get('/')).body, 'there');
  });
});

describe('while an older generation serves,', () => {
  it('what the newer one lacks is a save when it appears', async (t) => {
    const app = await Running.start(t, {
      files: { 'server.js': `const text = 'old';\n${answer}` },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    app.write('server.js', module.main['server.js']!);
    await app.retired(2);
    app.write(module.missing, module.content);
    await app.serving(3);
    assert.equal((await app.get('/')).body, 'there');
  });
});

describe('a server that goes without', () => {
  for (const [what, main, file, content] of [
    [
      'a module',
      `let text = 'none'; try { text = require('./local/text'); } catch {}\n${answer}`,
      'local/text.js',
      "module.exports = 'there';",
    ],
    [
      'a file',
      `const fs = require('node:fs');\nconst text = fs.existsSync('conf/local.yml') ? fs.readFileSync('conf/local.yml', 'utf8') : 'none';\n${answer}`,
      'conf/local.yml',
      'there',
    ],
  ] as const) {
    it(`${what} gets it when it appears`, async (t) => {
      const app = await Running.start(t, { files: { 'server.js': main }, command: ['node', 'server.js'] });
      await app.serving(1);
      assert.equal((await app.get('/')).body, 'none');
      app.write(file, content);
      await app.serving(2);
      assert.equal((await app.get('/')).body, 'there');
    });
  }

  it('a route in a folder of them gets it when it appears, and nothing else that does', async (t) => {
    const app = await Running.start(t, {
      files: {
        'routes/a.js': "module.exports = 'a';",
        'server.js': `const text = require('node:fs').readdirSync('routes').filter((name) => name.endsWith('.js'))
          .map((name) => require('./routes/' + name)).join();\n${answer}`,
      },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    app.write('routes/notes.md', 'none of its files');
    app.write('routes/b.js', "module.exports = 'b';");
    const started = await app.event('starting', ({ generation }) => generation === 2);
    assert.deepEqual(started.cause.files, [path.join(app.folder, 'routes/b.js')]);
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'a,b');
    rmSync(path.join(app.folder, 'routes/b.js'));
    await app.serving(3);
    assert.equal((await app.get('/')).body, 'a');
  });

  it('a route in a new folder of them, where it walks through all, gets it when that appears', async (t) => {
    const app = await Running.start(t, {
      files: {
        'routes/a/index.js': "module.exports = 'a';",
        'server.js': `const fs = require('node:fs');
const walk = (folder) => fs.readdirSync(folder, { withFileTypes: true })
  .flatMap((one) => one.isDirectory() ? walk(folder + '/' + one.name) : [folder + '/' + one.name]);
const text = walk('./routes').filter((name) => name.endsWith('.js')).map((name) => require(name)).join();
${answer}`,
      },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    app.write('routes/notes/a.md', 'none of its files');
    app.write('routes/b/c/index.js', "module.exports = 'c';");
    const started = await app.event('starting', ({ generation }) => generation === 2);
    assert.deepEqual(started.cause.files, [path.join(app.folder, 'routes/b/c/index.js')]);
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'a,c');
  });
});
