import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { knock } from '../../src/runtimes/protocol/door-client.ts';

/** Opens a door for one guest and one more to wait, and does not look at it before it is told. */
const busy = `
  const server = require('node:net').createServer((socket) => socket.pipe(socket));
  server.listen({ path: process.argv[1], backlog: 1 }, () => {
    require('node:fs').writeSync(1, 'open');
    require('node:fs').readSync(0, Buffer.alloc(1));
  });`;

async function busyDoor(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'hs-'));
  const door = path.join(folder, 'door');
  const child = spawn(process.execPath, ['-e', busy, door], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  await once(child.stdout, 'data');
  const guests: net.Socket[] = [];
  t.after(() => guests.forEach((guest) => guest.destroy()));
  for (;;) {
    const guest = net.connect(door);
    guests.push(guest);
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      guest.once('error', resolve);
      guest.once('connect', () => resolve(undefined));
    });
    if (error === undefined) continue;
    assert.equal(error.code, 'EAGAIN');
    return { door, answer: () => child.stdin.write('.') };
  }
}

test('knocks at a busy door until it opens', { skip: process.platform !== 'linux' }, async (t) => {
  const { door, answer } = await busyDoor(t);
  const knocking = knock(door, { remoteAddress: '127.0.0.1' });
  answer();
  const socket = await knocking;
  t.after(() => socket.destroy());
  const [echo] = (await once(socket, 'data')) as [Buffer];
  assert.equal(echo.toString(), '{"remoteAddress":"127.0.0.1"}\n');
});

test('gives up in time', { skip: process.platform !== 'linux' }, async (t) => {
  const { door } = await busyDoor(t);
  await assert.rejects(knock(door, {}, 50), { code: 'EAGAIN' });
});

test('says at once that nobody is behind a door', async () => {
  await assert.rejects(knock('/nowhere/door', {}), { code: 'ENOENT' });
});
