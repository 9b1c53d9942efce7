/** A cluster, whose processes come and go while their generation does: as in every introduction to `node:cluster`. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Running } from './running.ts';

/** Two workers, and another for each that ends. The second one is ready when there is a file. */
const respawning = (version: string): string => `
const cluster = require('node:cluster');
const { existsSync } = require('node:fs');
if (cluster.isPrimary) {
  cluster.fork();
  cluster.fork();
  cluster.on('exit', () => cluster.fork());
} else {
  const start = () => {
    if (cluster.worker.id > 1 && !existsSync('${version}-goes')) setTimeout(start, 20);
    else require('node:http').createServer((_, response) => response.end('${version}')).listen(process.env.PORT);
  };
  start();
}
`;

it('a worker that comes late hears what its cluster was told, and hides nobody who waits for an answer', async (t) => {
  const app = await Running.start(t, {
    files: { 'server.js': respawning('v1'), 'v1-goes': '', 'v3-goes': '' },
    command: ['node', 'server.js'],
  });
  await app.serving(1);
  assert.equal((await app.get('/')).body, 'v1');

  app.write('server.js', respawning('v2'));
  await app.event('starting', ({ generation }) => generation === 2);
  const held = Array.from({ length: 20 }, () => app.get('/'));
  for (const { body } of await Promise.all(held)) assert.equal(body, 'v2');
  await app.serving(2);

  app.write('server.js', respawning('v3'));
  await app.serving(3);
  app.write('v2-goes', ''); // its second worker listens, when its first has been stopped
  await app.retired(2);
  const asked = Array.from({ length: 20 }, () => app.get('/'));
  for (const { body } of await Promise.all(asked)) assert.equal(body, 'v3');
});
