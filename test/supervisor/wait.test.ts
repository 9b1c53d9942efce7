import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Running } from './running.ts';
import { plain } from './servers.ts';

it('a script waits until what it has written is what answers, or hears why it does not', async (t) => {
  const app = await Running.start(t, {
    alone: true,
    files: { 'server.js': plain('v1') },
    command: ['node', 'server.js'],
  });
  await app.serving(1);
  for (const version of ['v2', 'v3']) {
    app.write('server.js', plain(version));
    const { code, stdout } = await app.command('wait');
    assert.equal((await app.get('/')).body, version);
    assert.equal(code, 0);
    assert.match(stdout, /gen \d answers with what is on disk/);
  }
  app.write('server.js', 'const = 3;');
  const broken = await app.command('wait');
  assert.equal(broken.code, 1);
  assert.match(broken.stderr, /gen 4 failed: SyntaxError in .*server\.js:1.*; gen 3 still serves/);
  app.write('server.js', plain('v5'));
  assert.equal((await app.command('wait')).code, 0);
  assert.equal((await app.get('/')).body, 'v5');
  assert.equal((await app.command('wait')).code, 0, 'nothing is new');
});
