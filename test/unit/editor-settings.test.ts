import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { defaultSettings, parseSettings } from '../../src/editor/settings/schema.ts';

const errors = (raw: Record<string, unknown>): readonly string[] => parseSettings(raw).errors;

test('an empty configuration is right, and gives what package.json declares', async () => {
  const { settings, errors } = parseSettings({});
  assert.deepEqual(errors, []);
  assert.deepEqual(settings, { ...defaultSettings, servers: [] });

  const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    contributes: { configuration: { properties: Record<string, { default: unknown }> } };
  };
  const declared = Object.entries(manifest.contributes.configuration.properties);
  assert.deepEqual(
    Object.fromEntries(declared.map(([key, { default: value }]) => [key.replace('hotSwap.', ''), value])),
    settings,
  );
});

test('fills in what a server leaves out', () => {
  const { settings } = parseSettings({ servers: [{ name: 'api', command: 'node server.js' }] });
  assert.deepEqual(settings.servers, [
    {
      name: 'api',
      command: 'node server.js',
      env: {},
      readyTimeout: 30_000,
      drainTimeout: 10_000,
      duringBoot: 'hold',
      watch: [],
      overlap: true,
      standbyExcept: [],
      listen: [],
      warmUp: [],
      build: [],
      companions: [],
    },
  ]);
});

test('an error names the setting and says what is wanted', () => {
  const server = { name: 'api', command: 'node server.js' };
  assert.deepEqual(errors({ swapOn: 'often' }), [
    'hotSwap.swapOn must be one of "save", "saveAndAutoSave", "watch", "manual"',
  ]);
  assert.deepEqual(errors({ graceSeconds: -1 }), ['hotSwap.graceSeconds must not be negative']);
  assert.deepEqual(errors({ servers: {} }), ['hotSwap.servers must be a list of servers']);
  assert.deepEqual(errors({ servers: ['x'] }), ['hotSwap.servers[0] must be an object']);
  assert.deepEqual(errors({ servers: [server, { name: 'b' }] }), ['hotSwap.servers[1].command is missing']);
  assert.deepEqual(errors({ servers: [{ ...server, drainTimeout: '5s' }] }), [
    'hotSwap.servers[0].drainTimeout must be a number of milliseconds',
  ]);
  assert.deepEqual(errors({ servers: [{ ...server, command: 3 }] }), [
    'hotSwap.servers[0].command must be a command line, or a list of a program and its arguments',
  ]);
  assert.deepEqual(errors({ servers: [{ ...server, ports: 3000 }] }), [
    'hotSwap.servers[0].ports is not a setting of a server',
  ]);
  assert.deepEqual(errors({ servers: [{ ...server, probe: 'healthz' }] }), [
    'hotSwap.servers[0].probe must be a path that begins with /',
  ]);
  assert.deepEqual(errors({ servers: [{ ...server, env: { A: {} } }] }), [
    'hotSwap.servers[0].env.A must be text, a number, true, false or null',
  ]);
  assert.deepEqual(errors({ servers: [server, server] }), [
    'hotSwap.servers[1].name "api" is taken by another server',
  ]);
});

test('one mistake does not hide what is right', () => {
  const { settings, errors } = parseSettings({
    swapOn: 'manual',
    autoStart: 'yes',
    servers: [{ name: 'a' }, { name: 'b', command: ['node', 'b.js'] }],
  });
  assert.equal(errors.length, 2);
  assert.equal(settings.swapOn, 'manual');
  assert.equal(settings.autoStart, false);
  assert.deepEqual(
    settings.servers.map(({ name }) => name),
    ['b'],
  );
});
