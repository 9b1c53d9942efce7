import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandChange } from '../../src/detect/another-command.ts';
import { fromChosen, fromSetting, toSpec } from '../../src/editor/servers/definition.ts';
import { layer, withColours, withoutEditorVariables } from '../../src/editor/servers/environment.ts';
import { parseSettings } from '../../src/editor/settings/schema.ts';
import type { ReadFile } from '../../src/detect/reading/files.ts';

const reading =
  (files: Record<string, string>): ReadFile =>
  (path) =>
    Promise.resolve(files[path]);

function definition(setting: object): ReturnType<typeof fromSetting> {
  const { settings, errors } = parseSettings({
    servers: [{ name: 'api', command: 'node server.js', ...setting }],
  });
  assert.deepEqual(errors, []);
  return fromSetting(settings.servers[0]!, 0, '/app');
}

test('a chosen server runs its script with the usual limits', async () => {
  const chosen = fromChosen({ name: 'api', command: 'node server.js', cwd: 'services/api' }, '/app');
  const { spec, note } = await toSpec(chosen, {
    env: { PATH: '/bin' },
    swapOn: 'save',
    standby: 'on',
    readFile: reading({}),
  });
  assert.equal(note, undefined);
  assert.deepEqual(spec, {
    name: 'api',
    command: 'node server.js',
    cwd: '/app/services/api',
    env: { PATH: '/bin', FORCE_COLOR: '1' },
    readyTimeoutMs: 30_000,
    drainTimeoutMs: 10_000,
    duringBoot: 'hold',
    watch: [],
    watchDisk: true,
    standby: true,
    overlap: true,
    standbyExcept: [],
    warmUp: [],
  });
});

test('settings become what the supervisor runs', async () => {
  const setting = definition({
    cwd: 'api',
    probe: '/healthz',
    readyTimeout: 5000,
    drainTimeout: 2000,
    duringBoot: 'serveOld',
    watch: ['views/**'],
  });
  const { spec } = await toSpec(setting, { env: {}, swapOn: 'manual', standby: 'on', readFile: reading({}) });
  assert.equal(spec.cwd, '/app/api');
  assert.equal(spec.probe, '/healthz');
  assert.deepEqual([spec.readyTimeoutMs, spec.drainTimeoutMs, spec.duringBoot], [5000, 2000, 'serveOld']);
  assert.deepEqual([spec.watch, spec.watchDisk], [['views/**'], false]);
});

test('the environment is layered: terminal, env file, setting, command', async () => {
  const setting = definition({
    command: 'D=command node --watch server.js',
    envFile: '${workspaceFolder}/.env.local',
    env: { C: 3, D: 'setting', GONE: null },
  });
  const readFile = reading({ '/app/.env.local': '# local\nB=file\nC="file"\nexport D=file\n' });
  const env = { A: 'terminal', B: 'terminal', GONE: 'x', NO_COLOR: '1' };
  const { spec, note } = await toSpec(setting, { env, swapOn: 'save', standby: 'on', readFile });
  assert.deepEqual(spec.env, { A: 'terminal', B: 'file', C: '3', D: 'command', NO_COLOR: '1' });
  assert.deepEqual(spec.command, ['node', 'server.js']);
  assert.match(note ?? '', /node --watch/);
  assert.deepEqual(spec.watch, ['.env.local'], 'its env file counts as loaded');
});

test('a missing env file is an error that names the setting', async () => {
  const missing = toSpec(definition({ envFile: '.env' }), {
    env: {},
    swapOn: 'save',
    standby: 'on',
    readFile: reading({}),
  });
  await assert.rejects(missing, { message: "hotSwap.servers[0].envFile: can't read /app/.env" });
});

test("a server does not see the editor's own variables", () => {
  const env = {
    PATH: '/bin',
    HOME: '/home/ada',
    ELECTRON_RUN_AS_NODE: '1',
    VSCODE_PID: '1',
    VSCODE_IPC_HOOK_CLI: '/x',
    SNAP: '/snap',
    SNAP_NAME: 'code',
    SNAPSHOT: 'mine',
    CODE_SERVER_SESSION_SOCKET: '/x',
    UNSET: undefined,
  };
  assert.deepEqual(withoutEditorVariables(env), { PATH: '/bin', HOME: '/home/ada', SNAPSHOT: 'mine' });
});

test('colours are asked for unless the user decided', () => {
  assert.deepEqual(withColours({}), { FORCE_COLOR: '1' });
  assert.deepEqual(withColours({ NO_COLOR: '' }), { NO_COLOR: '' });
  assert.deepEqual(withColours({ FORCE_COLOR: '0' }), { FORCE_COLOR: '0' });
  assert.deepEqual(layer({ A: '1', B: undefined }, { A: null, C: '2' }), { C: '2' });
});

test('a command says of what it was read, and whether it is another one now', async () => {
  const files: Record<string, string> = {
    '/app/package.json': '{"scripts":{"dev":"nodemon"}}',
    '/app/nodemon.json': '{"exec":"node a.js"}',
  };
  const read = (): ReturnType<typeof toSpec> =>
    toSpec(definition({ command: 'npm run dev' }), {
      env: {},
      swapOn: 'save',
      standby: 'on',
      readFile: reading(files),
    });
  const before = await read();
  assert.equal(before.spec.watch.includes('nodemon.json'), true, 'no runtime loads it');
  assert.equal(before.read.has(['/app/package.json']) && before.read.has(['/app/nodemon.json']), true);
  assert.equal(before.read.has(['/app/a.js']), false);
  files['/app/package.json'] = '{"version":"2.0.0","scripts":{"dev":"nodemon"}}';
  assert.equal(commandChange(before.unwrapped, (await read()).unwrapped), undefined);
  files['/app/nodemon.json'] = '{"exec":"node b.js"}';
  const now = await read();
  assert.deepEqual(commandChange(before.unwrapped, now.unwrapped), {
    sentence: 'the command is another now: starting node b.js',
    isServers: true,
  });
  files['/app/package.json'] = '{"scripts":{"dev":"tsc && nodemon"}}';
  assert.equal(commandChange(now.unwrapped, (await read()).unwrapped)?.isServers, false);
});
