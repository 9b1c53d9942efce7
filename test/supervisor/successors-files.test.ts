/** What a generation has made at its start is still there when the one before has ended, whatever that removes. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { nodeBinary, newestMajors } from '../tools/node-versions.mts';
import { Running } from './running.ts';
import { plain } from './servers.ts';

/** Makes the usual files at its start, and removes them in each of the usual ways at its end. */
const tidy = (version: string): string =>
  plain(version).replace(
    'server.listen(process.env.PORT, () =>',
    `const fs = require('node:fs');
for (const name of ['a.pid', 'b.pid', 'c.pid', 'd.pid']) fs.writeFileSync(name, String(process.pid));
for (const name of ['run', 'tmp']) {
  fs.mkdirSync(name, { recursive: true });
  fs.writeFileSync(name + '/ready', '${version}');
}
fs.writeFileSync('tmp/${version}', 'mine alone');
process.on('SIGTERM', async () => {
  await fs.promises.unlink('a.pid');
  await new Promise((done) => fs.unlink('b.pid', done));
  await fs.promises.rm('c.pid', { force: true });
  fs.writeFileSync('last-words', '${version}');
  fs.unlinkSync('last-words');
  console.log('${version} has tidied up');
  process.exit(0);
});
process.on('exit', () => {
  fs.unlinkSync('d.pid');
  fs.rmSync('run', { recursive: true, force: true });
  fs.rmSync('tmp', { recursive: true });
  console.log('${version} has gone');
});
server.listen(process.env.PORT, () =>`,
  );

describe('the end of a generation that was replaced', () => {
  for (const major of newestMajors)
    it(`leaves its successor's files, on Node ${major}`, async (t) => {
      const app = await Running.start(t, {
        files: { 'server.js': tidy('v1') },
        command: [await nodeBinary(major), 'server.js'],
      });
      const at = (file: string): string => path.join(app.folder, file);
      await app.serving(1);
      app.write('server.js', tidy('v2'));
      const { pid } = await app.serving(2);
      await app.retired(1);
      await app.printed(/v1 has tidied up[^]*v1 has gone/);
      for (const name of ['a.pid', 'b.pid', 'c.pid', 'd.pid'])
        assert.equal(readFileSync(at(name), 'utf8'), String(pid), name);
      assert.equal(readFileSync(at('run/ready'), 'utf8'), 'v2');
      assert.equal(readFileSync(at('tmp/ready'), 'utf8'), 'v2');
      assert.equal(existsSync(at('tmp/v1')), false, 'its own go');
      assert.equal(existsSync(at('last-words')), false);
      await app.stop();
      assert.match(app.output, /v2 has gone/);
      for (const name of ['a.pid', 'd.pid', 'run', 'tmp']) assert.equal(existsSync(at(name)), false, name);
    });
});
