/** Symbolic links on the way to what a server loads: a save of what they lead to counts, and so does another target. */
import assert from 'node:assert/strict';
import { renameSync, symlinkSync } from 'node:fs';
import { describe, it } from 'node:test';
import path from 'node:path';
import { Running } from './running.ts';

const answering = (text: string): string =>
  `const text = ${text};\nrequire('node:http').createServer((request, response) => response.end(text)).listen(process.env.PORT);`;

/** At once, as deployments do it. */
function point(folder: string, link: string, target: string): void {
  symlinkSync(target, path.join(folder, `${link}.new`));
  renameSync(path.join(folder, `${link}.new`), path.join(folder, link));
}

for (const [what, command, files, link, targets, behind] of [
  [
    'the folder of its main module',
    'current/server.js',
    {
      'releases/1/server.js': answering("require('./text.js')"),
      'releases/1/text.js': "module.exports = 'v1';",
      'releases/2/server.js': answering("require('./text.js')"),
      'releases/2/text.js': "module.exports = 'v2';",
    },
    'current',
    ['releases/1', 'releases/2'],
    ['releases/2/text.js', "module.exports = 'v3';"],
  ],
  [
    'a folder of modules',
    'server.js',
    {
      'server.js': answering("require('./plugin/text')"),
      'one/text.js': "module.exports = 'v1';",
      'two/text.js': "module.exports = 'v2';",
    },
    'plugin',
    ['one', 'two'],
    ['two/text.js', "module.exports = 'v3';"],
  ],
  [
    'a file that it reads',
    'server.js',
    {
      'server.js': answering("require('node:fs').readFileSync('settings.txt', 'utf8')"),
      'dev.txt': 'v1',
      'test.txt': 'v2',
    },
    'settings.txt',
    ['dev.txt', 'test.txt'],
    ['test.txt', 'v3'],
  ],
] as const) {
  describe(`a server with a link to ${what}`, () => {
    it('is swapped when that points elsewhere, and when what it leads to is saved', async (t) => {
      const app = await Running.start(t, {
        files,
        command: ['node', command],
        prepare: (folder) => symlinkSync(targets[0], path.join(folder, link)),
      });
      await app.serving(1);
      assert.equal((await app.get('/')).body, 'v1');
      point(app.folder, link, targets[1]);
      await app.serving(2);
      assert.equal((await app.get('/')).body, 'v2');
      app.write(behind[0], behind[1]);
      await app.serving(3);
      assert.equal((await app.get('/')).body, 'v3');
    });
  });
}
