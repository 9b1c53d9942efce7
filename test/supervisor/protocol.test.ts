/** The protocol as a program speaks it that has nothing of ours in it (runtimes/protocol/README.md). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Running } from './running.ts';

const speaker = `
const { v, control, token, generation, doors } = JSON.parse(process.env.HOT_SWAP);
const server = require('node:http').createServer((request, response) => response.end('by itself'));
const socket = require('node:net').connect(control);
const write = (line) => socket.write(line + '\\n');
const say = (message) => write(JSON.stringify(message));
say({ type: 'hello', v, token, pid: process.pid, runtime: 'other 1' });
server.listen(process.env.PORT, () => {
  say({ type: 'of a newer version' });
  say({ type: 'toString' });
  say({ type: '__proto__' });
  write('no JSON');
  say({ type: 'trouble', message: 'all of that was heard' });
  const { port } = server.address();
  const key = 'tcp:*:' + port;
  const listening = { type: 'listening', key, adopted: false, door: doors + '/g' + generation, tls: false, port };
  process.send({ key, token }, server._handle, {}, () => say(listening));
});
require('node:readline').createInterface({ input: socket }).on('line', (line) => {
  const { type } = JSON.parse(line);
  if (type === 'accept') say({ type: 'accepting' });
  if (type === 'retire') process.exit();
});
socket.on('close', () => process.exit(1));`;

test('a program that speaks by itself serves, whatever else it says, and leaves when it is told to', async (t) => {
  const app = await Running.start(t, {
    files: { 'other.js': speaker },
    // Node itself speaks the framing on the descriptor for handles.
    command: ['env', '-u', 'NODE_OPTIONS', 'NODE_CHANNEL_FD=3', 'node', 'other.js'],
  });
  const { listeners } = await app.serving(1);
  assert.deepEqual(
    listeners.map(({ port }) => port),
    [app.port],
  );
  const { message } = await app.event('notice');
  assert.equal(message, 'gen 1: all of that was heard');
  assert.equal((await app.get('/')).body, 'by itself');
  await app.stop();
  const { exitCode } = await app.event('retired');
  assert.equal(exitCode, 0);
});
