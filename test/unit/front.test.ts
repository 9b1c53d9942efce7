/** The front by itself: what it does with requests, and that it needs nothing that only POSIX has. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { locateForCompilers } from '../../src/runtimes/compilers.ts';
import { Front } from '../../src/runtimes/front/front.ts';
import { planOf } from '../../src/runtimes/front/moves.ts';
import { PrivatePorts } from '../../src/runtimes/front/ports.ts';
import { reach } from '../../src/runtimes/front/reach.ts';
import { Frames } from '../../src/runtimes/front/tunnel.ts';
import type { FromGeneration } from '../../src/runtimes/protocol/messages.ts';
import { specDefaults } from '../../src/shared/spec.ts';
import { root } from '../tools/root.mts';

const folder = path.join(root, 'src/runtimes/front');

test('nothing in it is POSIX’s alone: it is how servers are swapped on Windows, too', () => {
  const allowed = /^(?:\.|httpxy$|node:(?:http|net|path|stream|crypto|worker_threads|fs|fs\/promises)$)/;
  const posix =
    /process\.(?:kill|getuid|geteuid|umask|on\()|\/bin\/|\/proc\/|\/dev\/|\/tmp\b|chmod|mkfifo|\bfd\b|child_process|descriptors = \[[^\]]|SIG(?!TERM')[A-Z]+/;
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(path.join(folder, file), 'utf8');
    for (const [, from] of text.matchAll(/from '([^']+)'/g)) assert.match(from!, allowed, file);
    assert.doesNotMatch(text, posix, file);
  }
  // Where a path is needed, for a side door, there is one for Windows.
  assert.match(readFileSync(path.join(folder, 'attendant.ts'), 'utf8'), /win32' \? `\\\\\\\\\.\\\\pipe/);
});

test('requests wait, go to whoever has the route, and come back to it', async (t) => {
  const [port = 0] = await portsOf(1);
  const front = new Front();
  t.after(() => front.close());
  const said: FromGeneration['type'][] = [];
  const open = async (name: string): Promise<Awaited<ReturnType<Front['open']>>> => {
    const server = http.createServer((_, response) => response.end(name));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { port: own } = server.address() as AddressInfo;
    assert.ok(await reach('127.0.0.1', own));
    const door = path.join(root, 'node_modules', `.front-test-${process.pid}-${name}`);
    const seat = await front.open({ key: 'k', host: '127.0.0.1', port: own, door }, ({ type }) =>
      said.push(type),
    );
    t.after(() => seat.leave());
    return seat;
  };
  await front.listen(port, ['127.0.0.1']);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const ask = (): Promise<string> =>
    new Promise((resolve, reject) => {
      http
        .get({ port, host: '127.0.0.1', agent }, (response) => {
          response.setEncoding('utf8').once('data', resolve);
        })
        .once('error', reject);
    });
  const early = ask(); // nobody is there yet
  const first = await open('one');
  first.accept();
  assert.equal(await early, 'one');
  first.hold();
  const held = ask();
  first.release();
  assert.equal(await held, 'one', 'a broken edit gives it back');
  first.hold();
  const next = ask();
  const second = await open('two');
  await first.stop({}, 1000);
  second.accept();
  assert.equal(await next, 'two', 'on the same connection');
  second.leave(); // it crashed, and the one before is still there
  const orphan = ask();
  first.resume();
  assert.equal(await orphan, 'one');
  for (const word of ['holding', 'held', 'stopped', 'drained', 'resumed'] as const)
    assert.ok(said.includes(word), word);
});

test('a close frame is put between two others only', () => {
  const frames = new Frames();
  const long = Buffer.concat([Buffer.from([0x82, 126, 0x01, 0x00]), Buffer.alloc(256)]);
  const masked = Buffer.from([0x81, 0x82, 1, 2, 3, 4, 5, 6]);
  const whole = Buffer.concat([Buffer.from([0x81, 0]), long, masked]);
  const ends = new Set([0, 2, 2 + long.length, whole.length]);
  for (let at = 0; at <= whole.length; at += 1) {
    assert.equal(frames.isBetween, ends.has(at), String(at));
    frames.see(whole.subarray(at, at + 1));
  }
});

test('a port is moved by what says it', () => {
  const plan = (command: string, env: Record<string, string> = {}, more = {}): unknown => {
    const spec = { ...specDefaults, name: 'x', cwd: '/', command, env, ...more };
    const found = planOf(spec)?.moves;
    if (found === undefined) return undefined;
    const { command: moved, env: its } = found.to(spec, 25_000);
    return [found.port, found.host, moved, its['PORT']];
  };
  assert.deepEqual(plan('php -S localhost:8000 -t public'), [
    8000,
    'localhost',
    'php -S localhost:25000 -t public',
    undefined,
  ]);
  assert.deepEqual(plan('go run .', { PORT: '8080' }), [8080, undefined, 'go run .', '25000']);
  assert.deepEqual(plan('env A=b ./x --at ${port}', {}, { port: 80 }), [
    80,
    undefined,
    'env A=b ./x --at 25000',
    '25000',
  ]);
  assert.deepEqual(plan('deno serve --port=9000 main.ts'), [
    9000,
    undefined,
    'deno serve --port=25000 main.ts',
    undefined,
  ]);
  assert.equal(plan('go run .'), undefined, 'nobody knows where it will listen');
  assert.equal(plan('npm run dev', { PORT: '3000' }), undefined, 'it may be Node, which needs no front');
  assert.equal(plan('node server.js', { PORT: '3000' }), undefined);
});

test('what compilers say of an error has its place', () => {
  const place = (output: string): unknown => {
    const { file, line, column, message } = locateForCompilers(output, '/srv') ?? {};
    return [file, line, column, message];
  };
  assert.deepEqual(place('# example.com/hello\n./main.go:16:22: newline in string\n'), [
    '/srv/main.go',
    16,
    22,
    'newline in string',
  ]);
  assert.deepEqual(place("Main.java:5: error: ';' expected\n    int x = 1\n"), [
    '/srv/Main.java',
    5,
    undefined,
    "';' expected",
  ]);
  assert.deepEqual(
    place('PHP Parse error:  syntax error, unexpected end of file in /srv/index.php on line 3\n'),
    ['/srv/index.php', 3, undefined, 'Parse error:  syntax error, unexpected end of file'],
  );
  assert.deepEqual(place('error[E0425]: cannot find value `x`\n --> src/main.rs:4:5\n  |\n'), [
    '/srv/src/main.rs',
    4,
    5,
    'cannot find value `x`',
  ]);
  assert.equal(locateForCompilers('listening on http://localhost:8080', '/srv'), undefined);
});

async function portsOf(many: number): Promise<number[]> {
  const ports = new PrivatePorts();
  await ports.ready();
  return Array.from({ length: many }, () => ports.take().port);
}
