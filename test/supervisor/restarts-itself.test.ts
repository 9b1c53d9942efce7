/** Commands whose own watcher restarts the server, and that nobody here can take apart: nothing is lost by it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Load } from './load.ts';
import { Running } from './running.ts';

const watcher = `
const { watch } = require('node:fs');
const { spawn } = require('node:child_process');
let child;
const start = () => {
  child = spawn(process.execPath, ['server.js'], { stdio: 'inherit' });
};
let soon;
watch('.', (_, file) => {
  if (file !== 'answer.js') return;
  clearTimeout(soon);
  soon = setTimeout(() => {
    child.once('exit', start);
    child.kill();
  }, 50);
});
start();
`;
const server = `
const { answer } = require('./answer');
require('node:http')
  .createServer((_, response) => setTimeout(() => response.end(answer), 20))
  .listen(process.env.PORT, () => console.log('up', answer));
`;
const answer = (text: string): string => `exports.answer = '${text}';\n`;

describe('a command that restarts its server by itself', { skip: process.platform !== 'linux' }, () => {
  it('is left to do so, and connections wait meanwhile', async (t) => {
    const app = await Running.start(t, {
      standby: true,
      files: { 'tool.js': watcher, 'server.js': server, 'answer.js': answer('v1') },
      command: ['node', 'tool.js'],
    });
    // Another one, which was started with the listener.
    await app.serving(2);
    await app.event('notice', ({ message }) => message.startsWith('tool.js restarts the server by itself'));
    const load = Load.start(t, app.port);
    await load.answeredSince();
    for (const text of ['v2', 'v3', 'v4']) {
      app.write('answer.js', answer(text));
      await app.printed(new RegExp(`up ${text}`));
      await load.answeredSince();
      assert.equal((await app.get('/')).body, text);
    }
    const { bad, refused, cut } = await load.stop();
    assert.deepEqual(
      { bad, refused, cut, latest: load.latest },
      { bad: 0, refused: 0, cut: 0, latest: 'v4' },
    );
    assert.deepEqual(
      app.events.flatMap((event) => (event.event === 'starting' ? [event.cause.kind] : [])),
      ['start', 'handDown'],
    );
    assert.equal(app.events.filter(({ event }) => event === 'crashed').length, 0);
  });
});
