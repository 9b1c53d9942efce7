/** Clients come and go; nothing stays behind. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';
import { attach } from '../../src/client/attach.ts';
import { makePrivateFolder, rendezvousOf } from '../../src/shared/rendezvous.ts';
import * as rpc from '../../src/shared/rpc.ts';
import { isAlive, processesMentioning } from './processes.ts';
import { cleanEnvironment, root, Running, runCli } from './running.ts';
import { plain } from './servers.ts';
import { untilTrue } from './until.ts';

const simple = {
  alone: true,
  standby: true,
  files: { 'server.js': plain('v1') },
  command: ['node', 'server.js'],
};

const launch = {
  node: process.execPath,
  script: path.join(root, 'dist/supervisor.js'),
  env: cleanEnvironment(),
  graceMs: 500,
};

function sockets(folder: string): string[] {
  return readdirSync(folder).filter((name) => lstatSync(path.join(folder, name)).isSocket());
}

function doors(folder: string): string[] {
  return readdirSync(folder).filter((name) => /^g\d+-/.test(name));
}

function refused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}

const deaf = "for (const one of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(one, () => undefined);";
const waits = `${deaf} setInterval(() => undefined, 1000);`;
/** What does not end because its supervisor has. */
const stubborn: Readonly<
  Record<string, { readonly files: Record<string, string>; readonly command: string[]; readonly up: RegExp }>
> = {
  'a server that ignores signals, and its helpers': {
    files: {
      'server.js': `${deaf} require('node:child_process').fork('./helper.js'); ${plain('v1')}`,
      'helper.js': `${waits} console.log('helps');`,
    },
    command: ['node', 'server.js'],
    up: /helps[^]*listens|listens[^]*helps/,
  },
  'a server that has yet to listen': {
    files: { 'server.js': `${waits} console.log('boots');` },
    command: ['node', 'server.js'],
    up: /boots/,
  },
  'who started the server': {
    files: {
      'start.js': `${waits} require('node:child_process').fork('./server.js');`,
      'server.js': plain('v1'),
    },
    command: ['node', 'start.js'],
    up: /listens/,
  },
  'a companion': {
    files: {
      'package.json':
        '{"name":"app","scripts":{"dev":"concurrently \\"node mail.js\\" \\"node --watch server.js\\""}}',
      'mail.js': `${waits} console.log('mails');`,
      'server.js': plain('v1'),
    },
    command: ['npm', 'run', 'dev'],
    up: /mails[^]*listens|listens[^]*mails/,
  },
};

describe('the end', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`comes with ${signal}, and leaves no process, socket or port`, async (t) => {
      const app = await Running.start(t, simple);
      await app.serving(1);
      const { folder } = rendezvousOf(app.folder, process.env);
      assert.equal(await app.stop(signal), 0);
      await untilTrue(() => processesMentioning(app.folder).length === 0);
      assert.equal(await refused(app.port), true);
      assert.deepEqual(sockets(folder), []);
    });
  }

  it('of a generation is that of its side doors, however it comes', async (t) => {
    const app = await Running.start(t, simple);
    const { folder } = rendezvousOf(app.folder, process.env);
    const { pid } = await app.serving(1);
    await untilTrue(() => doors(folder).length === 1);
    process.kill(pid, 'SIGKILL');
    await untilTrue(() => doors(folder).length === 0);
  });

  it('of a supervisor that is killed leaves its side doors to the next one, which removes them', async (t) => {
    const workspace = mkdtempSync(path.join(tmpdir(), 'hot-swap-test-'));
    t.after(() => rmSync(workspace, { recursive: true }));
    const { folder } = rendezvousOf(workspace, process.env);
    makePrivateFolder(folder);
    writeFileSync(path.join(folder, 'g1-1-0'), '');
    const attached = await attach({ workspace, client: 'cli', launch });
    t.after(() => attached?.dispose());
    assert.deepEqual(doors(folder), []);
  });

  it('comes for the servers when the CLI is killed', async (t) => {
    const app = await Running.start(t, simple);
    const { pid } = await app.serving(1);
    app.process.kill('SIGKILL');
    await untilTrue(() => !isAlive(pid));
    await untilTrue(() => processesMentioning(app.folder).length === 0);
  });

  it('comes for the servers when the supervisor is killed', async (t) => {
    const app = await Running.start(t, simple);
    const { pid } = await app.serving(1);
    const attached = await attach({ workspace: app.folder, client: 'cli' });
    process.kill(attached!.hello.pid, 'SIGKILL');
    await untilTrue(() => !isAlive(pid));
    assert.equal(await app.exited, 1);
    assert.match(app.output, /the supervisor is gone/);
    assert.equal(await refused(app.port), true);
  });

  for (const [what, { files, command, up }] of Object.entries(stubborn)) {
    it(`comes for ${what} when the supervisor is killed`, async (t) => {
      const app = await Running.start(t, { alone: true, standby: true, files, command });
      await app.printed(up);
      const attached = await attach({ workspace: app.folder, client: 'cli' });
      process.kill(attached!.hello.pid, 'SIGKILL');
      assert.equal(await app.exited, 1);
      await untilTrue(() => processesMentioning(app.folder).length === 0);
    });
  }
});

describe('a supervisor that is killed', () => {
  it('while it starts a command leaves nothing of it', async (t) => {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'hot-swap-test-')));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(path.join(folder, 'deaf.js'), waits);
    const killed = path.join(import.meta.dirname, 'killed-while-starting.mts');
    const args = ['--import', 'tsx', killed, folder, process.execPath, path.join(folder, 'deaf.js')];
    const { signal } = spawnSync(process.execPath, args, { cwd: root, env: cleanEnvironment() });
    assert.equal(signal, 'SIGKILL');
    await untilTrue(() => processesMentioning(folder).length === 0);
  });
});

describe('clients', () => {
  it('share one supervisor, and status and stop work from another terminal', async (t) => {
    const app = await Running.start(t, simple);
    const { pid } = await app.serving(1);
    const status = await app.command('status', '--json');
    const [server] = JSON.parse(status.stdout) as {
      serving: { pid: number; generation: number };
      state: string;
    }[];
    assert.deepEqual([server?.state, server?.serving.generation, server?.serving.pid], ['serving', 1, pid]);
    assert.equal((await app.command('stop')).code, 0);
    assert.equal(await app.exited, 0);
  });

  it('get the outcome of a swap as an exit code', async (t) => {
    const app = await Running.start(t, { ...simple, options: ['--no-watch'] });
    await app.serving(1);
    app.write('server.js', plain('v2'));
    assert.deepEqual(await app.command('swap').then(({ code }) => code), 0);
    assert.equal((await app.get('/')).body, 'v2');
    app.write('server.js', 'nonsense(');
    const failed = await app.command('swap');
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /SyntaxError.*gen 2 still serves/);
    const nobody = await runCli(['swap'], tmpdir());
    assert.deepEqual([nobody.code, nobody.stderr], [2, `hot-swap: no server runs in ${tmpdir()}\n`]);
  });

  it('swap by SIGUSR2', async (t) => {
    const app = await Running.start(t, { ...simple, options: ['--no-watch'] });
    await app.serving(1);
    app.write('server.js', plain('v2'));
    app.swap();
    await app.serving(2);
    assert.equal((await app.get('/')).body, 'v2');
  });

  it('of another version get a clear answer', async (t) => {
    const app = await Running.start(t, simple);
    await app.serving(1);
    const socket = net.connect(rendezvousOf(app.folder, process.env).socket);
    const connection = createMessageConnection(
      new SocketMessageReader(socket),
      new SocketMessageWriter(socket),
    );
    connection.listen();
    t.after(() => socket.destroy());
    await assert.rejects(connection.sendRequest(rpc.status), /Say hello first/);
    await assert.rejects(
      connection.sendRequest(rpc.hello, { protocol: 99, client: 'cli' }),
      /another version of Hot Swap \(protocol 1, this client speaks 99\)/,
    );
  });

  it('that start at the same moment end up with one supervisor', async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-test-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const attached = await Promise.all(
      [1, 2, 3, 4].map(() => attach({ workspace: folder, client: 'cli', launch })),
    );
    assert.equal(new Set(attached.map((one) => one?.hello.pid)).size, 1);
    for (const one of attached) one?.dispose();
    // The last client is gone: after its grace period it ends by itself.
    await untilTrue(() => !isAlive(attached[0]!.hello.pid));
  });

  it('refuse a socket folder that others may enter', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-test-'));
    const open = path.join(folder, 'hot-swap-0', 'id');
    mkdirSync(open, { recursive: true, mode: 0o700 });
    chmodSync(open, 0o755);
    assert.throws(() => makePrivateFolder(open), /open to others/);
    rmSync(folder, { recursive: true });
  });
});

describe('bad usage', () => {
  for (const [args, says] of [
    [[], 'say what to do'],
    [['fly'], 'there is no command "fly"'],
    [['run'], 'needs the server\'s command after "--"'],
    [['run', '--during-boot', 'maybe', '--', 'node', 'x'], '--during-boot is hold or serveOld'],
    [['run', '--ready-timeout', 'soon', '--', 'node', 'x'], '--ready-timeout is a number of milliseconds'],
    [['status', '--jsn'], "Unknown option '--jsn'"],
  ] as const) {
    it(`hot-swap ${args.join(' ')}: one line, exit code 2`, async () => {
      const { code, stderr } = await runCli(args, tmpdir());
      assert.equal(code, 2);
      assert.equal(stderr.trim().split('\n').length, 1);
      assert.ok(stderr.includes(says), stderr);
    });
  }
});
