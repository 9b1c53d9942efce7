/** Packages that the user writes are no dependencies, by whatever links and folders they are reached. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import path from 'node:path';
import { Running } from './running.ts';

const serve =
  "require('node:http').createServer((request, response) => response.end(text)).listen(process.env.PORT);";
const workspace = {
  'packages/lib/package.json': '{"name":"@my/lib","version":"1.0.0","main":"src/index.js"}',
  'packages/lib/src/index.js':
    "module.exports = require('./deep.js') + require('node:fs').readFileSync(__dirname + '/../text.txt', 'utf8');",
  'packages/lib/src/deep.js': "module.exports = 'v1';",
  'packages/lib/text.txt': 't1',
  'packages/api/package.json': '{"name":"api"}',
  'packages/api/server.js': `const text = require('@my/lib');\n${serve}`,
};

/** As npm does for a workspace, and pnpm. */
const linked: Readonly<Record<string, (folder: string) => void>> = {
  'above it (npm)': (folder) => {
    unlinkSync(path.join(folder, 'node_modules'));
    mkdirSync(path.join(folder, 'node_modules/@my'), { recursive: true });
    writeFileSync(path.join(folder, 'node_modules/.package-lock.json'), '{}');
    symlinkSync('../../packages/lib', path.join(folder, 'node_modules/@my/lib'));
  },
  'beside it (pnpm)': (folder) => {
    mkdirSync(path.join(folder, 'packages/api/node_modules/@my'), { recursive: true });
    symlinkSync('../../../lib', path.join(folder, 'packages/api/node_modules/@my/lib'));
  },
};

describe('a package of the workspace', () => {
  for (const [where, prepare] of Object.entries(linked)) {
    for (const flags of [[], ['--preserve-symlinks']]) {
      it(`that is linked ${where} is source, ${flags.join() || 'by its real path'}`, async (t) => {
        const app = await Running.start(t, {
          standby: true,
          files: workspace,
          prepare,
          command: ['node', ...flags, 'server.js'],
          options: ['--cwd', 'packages/api'],
        });
        await app.serving(1);
        await app.event('standby', ({ state }) => state === 'warm');
        app.write('packages/lib/src/deep.js', "module.exports = 'v2';");
        await app.serving(2);
        assert.equal((await app.get('/')).body, 'v2t1');
        app.write('packages/lib/text.txt', 't2');
        await app.serving(3);
        assert.equal((await app.get('/')).body, 'v2t2');
      });
    }
  }

  it('is source in a folder named node_modules that no package manager has filled', async (t) => {
    const folder = 'packages/node_modules/@red';
    const app = await Running.start(t, {
      standby: true,
      files: {
        [`${folder}/util/package.json`]: '{"name":"@red/util","main":"index.js"}',
        [`${folder}/util/index.js`]: "module.exports = require('./lib/deep.js');",
        [`${folder}/util/lib/deep.js`]: "module.exports = 'v1';",
        [`${folder}/red/server.js`]: `const text = require('@red/util');\n${serve}`,
      },
      command: ['node', `${folder}/red/server.js`],
    });
    await app.serving(1);
    for (const generation of [2, 3]) {
      app.write(`${folder}/util/lib/deep.js`, `module.exports = 'v${generation}';`);
      await app.serving(generation);
      assert.equal((await app.get('/')).body, `v${generation}`);
    }
  });

  it('is none of those that a package manager has put there', async (t) => {
    const app = await Running.start(t, {
      standby: true,
      files: { 'server.js': `const text = require('lib');\n${serve}` },
      prepare: (folder) => {
        rmSync(path.join(folder, 'node_modules'));
        mkdirSync(path.join(folder, 'node_modules/lib'), { recursive: true });
        writeFileSync(path.join(folder, 'node_modules/lib/index.js'), "module.exports = 'v1';");
      },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    app.write('node_modules/lib/index.js', "module.exports = 'v2';");
    app.write('server.js', `const text = require('lib') + '!';\n${serve}`);
    const started = await app.event('starting', ({ generation }) => generation === 2);
    assert.deepEqual(started.cause.files, [path.join(app.folder, 'server.js')]);
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'v2!');
  });
});
