import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { judge } from '../tools/limits.ts';
import { rendezvousOf } from '../../src/shared/rendezvous.ts';
import { nodeBinary, newestMajors } from '../tools/node-versions.mts';
import { isAlive, parentOf } from './processes.ts';
import { request } from './running.ts';
import { start, swap, swapWarm, warm } from './standby-apps.ts';
import { untilTrue } from './until.ts';

/** Answers with what the process looks like to the app, and with `version`. */
const mirror = (version: string): string => `
const http = require('node:http');
const tool = require('tool');
const seen = {
  version: '${version}', tool: tool.value, main: require.main === module, mainFile: process.argv[1],
  argv: process.argv.slice(2), execArgv: process.execArgv, mainModule: process.mainModule === module,
  env: Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'PORT')),
  toolMain: tool.mainFile(), toolIsMain: tool.isMain, parent: tool.parentFile(),
  listeners: process.eventNames().map(String), globals: Object.getOwnPropertyNames(globalThis).sort(),
};
http.createServer((request, response) => response.end(JSON.stringify(seen))).listen(process.env.PORT);
`;
const tool = {
  'index.js': `
exports.value = 1;
exports.isMain = require.main === module;
exports.mainFile = () => require.main.filename;
exports.parentFile = () => module.parent.filename;`,
};
const fastSource = (version: string): string => `
require('tool');
require('node:http').createServer((request, response) => response.end('${version}')).listen(process.env.PORT);`;

for (const major of newestMajors) {
  describe(`a swap from standby on Node ${major}`, () => {
    const env = async (): Promise<Record<string, string>> => ({
      PATH: `${path.dirname(await nodeBinary(major))}:${process.env['PATH'] ?? ''}`,
    });

    it('runs the saved code in a process that looks as one started cold', async (t) => {
      const app = await start(t, {
        files: { 'server.js': mirror('v1') },
        packages: { tool },
        env: await env(),
      });
      const cold = JSON.parse((await app.get('/')).body) as Record<string, unknown>;
      await warm(app);
      app.write('server.js', mirror('v2'));
      const serving = await swapWarm(app);
      assert.equal(serving.standby, true);
      const released = JSON.parse((await app.get('/')).body) as Record<string, unknown>;
      assert.deepEqual(released, { ...cold, version: 'v2' });
    });

    it('goes through a dependency that runs the app in its own process and takes its name, as ts-node does', async (t) => {
      const runner = `
const Module = require('node:module');
if (require.main === module) {
  process.argv = [process.argv[1], require('node:path').resolve(process.argv[2])];
  process.execArgv.push(__filename);
  Module.runMain();
}`;
      const app = await start(t, {
        files: { 'server.js': fastSource('v1') },
        packages: { tool, runner: { 'index.js': runner } },
        command: ['node', 'node_modules/runner/index.js', 'server.js'],
        env: await env(),
      });
      const { modules } = await warm(app);
      assert.ok(modules > 0, `${modules} modules`);
      app.write('server.js', fastSource('v2'));
      const serving = await swapWarm(app);
      assert.deepEqual([serving.standby, (await app.get('/')).body], [true, 'v2']);
    });

    it('goes through npm, sh and tsx, to an ES module in TypeScript', async (t) => {
      const source = (version: string): string => `
  import http from 'node:http';
  import Fastify from 'fastify';
  const version: string = '${version}';
  console.log(typeof Fastify);
  http.createServer((request, response) => response.end(version)).listen(process.env.PORT);`;
      const app = await start(t, {
        files: {
          'package.json': '{"type":"module","scripts":{"dev":"tsx server.ts"}}',
          'server.ts': source('v1'),
        },
        command: ['npm', 'run', 'dev'],
        env: await env(),
      });
      const { modules, leftOut } = await warm(app);
      assert.deepEqual(leftOut, []);
      assert.ok(modules > 100, `${modules} modules`);
      app.write('server.ts', source('v2'));
      const serving = await swapWarm(app);
      assert.deepEqual([serving.standby, (await app.get('/')).body], [true, 'v2']);
      judge('ms of boot', serving.bootMs, serving.coldBootMs / 2);
    });
  });
}

describe('a swap from standby', () => {
  it('costs less than the dependencies alone take to load', async (t) => {
    const slow = { 'index.js': 'const until = Date.now() + 700; while (Date.now() < until);' };
    const app = await start(t, { files: { 'server.js': fastSource('v1') }, packages: { tool: slow } });
    const { swapMs, coldBootMs, standby } = await swapWarm(app);
    assert.equal(standby, true);
    judge('ms from the cause to serving', swapMs, Math.min(coldBootMs, 700));
  });

  it('leaves the old generation serving when the saved code is broken, and is ready for the fix', async (t) => {
    const app = await start(t, { files: { 'server.js': fastSource('v1') }, packages: { tool } });
    await warm(app);
    app.write('server.js', 'const = 3;');
    const before = app.events.length;
    app.swap();
    const failed = await app.event('rolledBack');
    assert.deepEqual([failed.reason, failed.serving, failed.line], ['bootError', 1, 1]);
    assert.equal((await app.get('/')).body, 'v1');
    await warm(app, before);
    app.write('server.js', fastSource('v2'));
    const serving = await swap(app);
    assert.deepEqual([serving.standby, (await app.get('/')).body], [true, 'v2']);
  });

  it('loads nothing that a dependency has made for a moment', async (t) => {
    const configured = `
const fs = require('node:fs');
const path = require('node:path');
exports.configure = () => {
  const folder = path.join(__dirname, '..', '.temp');
  const file = path.join(folder, 'config-' + Date.now() + '.js');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(file, '');
  require(file);
  fs.rmSync(file);
};`;
    const source = "require('tool').configure();\n";
    const app = await start(t, {
      files: { 'server.js': source + fastSource('v1') },
      packages: { tool: { 'index.js': configured } },
    });
    const { modules, leftOut } = await warm(app);
    assert.deepEqual([modules > 0, leftOut], [true, []]);
  });

  it('survives that a wrapper starts the app anew once it is released', async (t) => {
    const wrapper = `
const { spawn } = require('node:child_process');
const run = (attempt) =>
  spawn('node', ['server.js'], { env: { ...process.env, ATTEMPT: attempt }, stdio: 'inherit' })
    .on('exit', (code) => code === 7 && attempt < 2 && run(attempt + 1));
run(1);`;
    const source = (version: string): string => `
if (process.env.ATTEMPT === '1') process.exit(7);
${fastSource(version)}`;
    const app = await start(t, {
      files: { 'run.js': wrapper, 'server.js': source('v1') },
      packages: { tool },
      command: ['node', 'run.js'],
    });
    await warm(app);
    app.write('server.js', source('v2'));
    const serving = await swap(app);
    assert.deepEqual([serving.standby, (await app.get('/')).body], [true, 'v2']);
  });

  it('is a cold one when the standby is not ready', async (t) => {
    const app = await start(t, { files: { 'server.js': fastSource('v1') }, packages: { tool } });
    app.write('server.js', fastSource('v2'));
    const serving = await swap(app);
    assert.deepEqual([serving.standby, (await app.get('/')).body], [false, 'v2']);
  });
});

describe('a standby', () => {
  it('is not made with --no-standby', async (t) => {
    const app = await start(t, {
      files: { 'server.js': fastSource('v1') },
      packages: { tool },
      options: ['--no-standby'],
    });
    await swap(app);
    await app.retired(1);
    assert.equal((await swap(app)).standby, false);
    assert.deepEqual(
      app.events.filter(({ event }) => event === 'standby'),
      [],
    );
  });

  it('is told in the status, with what it costs', async (t) => {
    const app = await start(t, { files: { 'server.js': fastSource('v1') }, packages: { tool } });
    const { memory, modules } = await warm(app);
    const { spareMemory, ...standby } = (await app.status()).standby as { spareMemory: number };
    assert.deepEqual(standby, { state: 'warm', memory, modules, leftOut: [] });
    assert.ok(spareMemory >= 0);
    assert.ok(memory > 10e6 && modules > 0);
  });

  it('is gone when the server is stopped, with its files', async (t) => {
    const app = await start(t, { files: { 'server.js': fastSource('v1') }, packages: { tool } });
    const { pid } = await warm(app);
    assert.ok(isAlive(pid));
    await app.stop();
    assert.ok(!isAlive(pid));
  });

  it('is gone when the supervisor is killed', async (t) => {
    const app = await start(t, { alone: true, files: { 'server.js': fastSource('v1') }, packages: { tool } });
    const { pid } = await warm(app);
    process.kill(parentOf(pid), 'SIGKILL');
    await app.exited;
    await untilTrue(() => !isAlive(pid));
  });
});

describe('a new generation', () => {
  it('finds what an older one has compiled, where the runtime keeps it', async (t) => {
    const app = await start(t, {
      files: { 'server.js': fastSource('v1') },
      packages: { tool },
      env: { PATH: `${path.dirname(await nodeBinary(26))}:${process.env['PATH'] ?? ''}` },
    });
    await swap(app);
    await app.retired(1);
    assert.ok(existsSync(path.join(rendezvousOf(app.workspace, process.env).folder, 'compile-cache')));
  });

  const counting = (version: string): string => `
const seen = [];
require('node:http').createServer((request, response) => {
  seen.push(request.method + ' ' + request.url);
  if (request.url === '/missing') response.statusCode = 404;
  response.end(JSON.stringify({ version: '${version}', seen }));
}).listen(process.env.PORT);`;

  it('has answered what it is to be warmed up with before a client asks', async (t) => {
    const app = await start(t, {
      files: { 'server.js': counting('v1') },
      options: ['--warm-up', '/users', '--warm-up', '/missing'],
    });
    app.write('server.js', counting('v2'));
    await swap(app);
    assert.deepEqual(JSON.parse((await app.get('/')).body), {
      version: 'v2',
      seen: ['GET /users', 'GET /missing', 'GET /'],
    });
  });

  for (const during of ['hold', 'serveOld'])
    it(`has answered what the one before answered last, if that is allowed (${during})`, async (t) => {
      const app = await start(t, {
        files: { 'server.js': counting('v1') },
        options: ['--warm-up', 'last', '--during-boot', during],
      });
      for (const path of ['/users', '/users?page=2', '/missing']) await app.get(path);
      await request({ port: app.port, method: 'POST', path: '/users' });
      app.write('server.js', counting('v2'));
      await swap(app);
      assert.deepEqual(JSON.parse((await app.get('/')).body), {
        version: 'v2',
        seen: ['GET /users?page=2', 'GET /'],
      });
    });
});
