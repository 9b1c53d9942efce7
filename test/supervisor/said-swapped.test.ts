/** Of a swap that brought nothing new it is said so. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Running } from './running.ts';
import { plain } from './servers.ts';

it('says of a swap that it brought no new code', async (t) => {
  const app = await Running.start(t, {
    alone: true,
    files: { 'server.js': plain('v1') },
    command: ['node', 'server.js'],
    options: ['--no-watch'],
  });
  await app.serving(1);
  const same = await app.command('swap');
  assert.equal(same.code, 0);
  assert.match(same.stdout, /gen 2 serves the same code as gen 1: no file that it loaded has changed/);
  await app.event('notice', ({ message }) => message.includes('gen 2 is the same code as gen 1'));
  app.write('server.js', plain('v2'));
  const other = await app.command('swap');
  assert.equal(other.code, 0);
  assert.match(other.stdout, /gen 3 serves, /);
  assert.equal((await app.get('/')).body, 'v2');
});
