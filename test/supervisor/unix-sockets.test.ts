/** A Unix socket's file belongs to who listens: the older generation until the newer one does, whoever removes it. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { onlyInAll } from '../tools/everything.mts';
import { nodeBinary } from '../tools/node-versions.mts';
import { request, Running } from './running.ts';

/** What people do to the path before they listen; `say` prints what the app must see in every generation. */
const ways: Readonly<Record<string, string>> = {
  'unlinkSync in a try': `try { fs.unlinkSync(sock); } catch {} listen();`,
  'rmSync with force': `fs.rmSync(sock, { force: true }); say(fs.existsSync(sock)); listen();`,
  'unlink with a callback': `fs.unlink(sock, () => fs.access(sock, (error) => { say(error?.code); listen(); }));`,
  'promises.rm': `fs.promises.rm(sock, { force: true }).then(() => fs.promises.stat(sock)).catch((error) => {
    say(error.code); listen(); });`,
  'promises.unlink, if it is there': `(async () => {
    if (fs.existsSync(sock)) await fs.promises.unlink(sock);
    say(fs.existsSync(sock)); listen(); })();`,
  'a stale file is told by connecting': `net.connect(sock, () => { say('it runs already'); process.exit(1); })
    .on('error', () => { fs.rmSync(sock, { force: true }); say('nobody'); listen(); });`,
  'a relative path': `process.chdir(require('node:path').dirname(sock));
    try { fs.unlinkSync('./app.sock'); } catch {} listen();`,
};
const seen: Readonly<Record<string, string>> = {
  'rmSync with force': 'false',
  'unlink with a callback': 'ENOENT',
  'promises.rm': 'ENOENT',
  'promises.unlink, if it is there': 'false',
  'a stale file is told by connecting': 'nobody',
};

/** One of each kind: at once, later, and told by connecting. */
const usual = /force|callback|stale/;

const server = (version: string, sock: string, way: string): string => `
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const sock = ${JSON.stringify(sock)};
const say = (what) => console.log('${version} saw', what, '!');
const server = http.createServer((req, res) => res.end('${version}'));
const listen = () => server.listen(sock, () => {
  fs.chmodSync(sock, 0o660);
  say('mode ' + (fs.statSync(sock).mode & 0o777).toString(8));
});
process.on('exit', () => { try { fs.unlinkSync(sock); } catch {} });
process.on('SIGTERM', () => server.close(() => process.exit(0)));
${way}
`;

/** Asks all the time, until the returned function is called, which says what went wrong. */
function keepAsking(socketPath: string): () => Promise<string[]> {
  const failures: string[] = [];
  const state = { over: false };
  const asking = (async () => {
    while (!state.over) {
      await request({ socketPath, path: '/', agent: false }).catch((error: unknown) => {
        failures.push(String(error));
      });
    }
  })();
  return async () => {
    state.over = true;
    await asking;
    return failures;
  };
}

async function swaps(t: TestContext, node: string, way: string): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-unix-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const sock = path.join(folder, 'app.sock');
  const source = (version: string): string => server(version, sock, ways[way]!);
  const app = await Running.start(t, {
    files: { 'server.js': source('v1') },
    command: [node, 'server.js'],
    options: ['--no-watch'],
  });
  await app.serving(1);
  const inode = statSync(sock).ino;
  for (const n of [2, 3]) {
    // The first generation's own file has a gap of microseconds, so it counts from the second on.
    const failures = n === 2 ? undefined : keepAsking(sock);
    app.write('server.js', source(`v${n}`));
    app.swap();
    await app.serving(n);
    await app.retired(n - 1);
    assert.equal((await request({ socketPath: sock, path: '/', agent: false })).body, `v${n}`);
    assert.deepEqual(await failures?.(), n === 2 ? undefined : []);
    assert.equal(statSync(sock).ino, inode);
    if (way in seen) await app.printed(new RegExp(`v${n} saw ${seen[way]} !`));
    await app.printed(new RegExp(`v${n} saw mode 660`));
  }
  await app.stop();
  assert.equal(existsSync(sock), false);
}

describe('a server that cares for the file of its Unix socket', () => {
  for (const way of Object.keys(ways))
    it(`is found there in every generation: ${way}`, usual.test(way) ? {} : onlyInAll, async (t) =>
      swaps(t, process.execPath, way),
    );
  it('is found there in every generation under Node 26', async (t) =>
    swaps(t, await nodeBinary(26), 'rmSync with force'));

  it('binds anew where another program removed the file', async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-unix-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const sock = path.join(folder, 'app.sock');
    const source = (version: string): string => server(version, sock, 'listen();');
    const app = await Running.start(t, {
      files: { 'server.js': source('v1') },
      command: ['sh', '-c', `if rm -f ${sock}; then exec node server.js; fi`],
      options: ['--no-watch', '--no-standby'],
    });
    await app.serving(1);
    for (const n of [2, 3]) {
      app.write('server.js', source(`v${n}`));
      app.swap();
      await app.serving(n);
      await app.retired(n - 1);
      assert.equal((await request({ socketPath: sock, path: '/', agent: false })).body, `v${n}`);
    }
    await app.stop();
    assert.equal(existsSync(sock), false);
  });
});
