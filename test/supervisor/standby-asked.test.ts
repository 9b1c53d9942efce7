/**
 * ES modules of the app import CommonJS that leaves traces, and they are there when the app comes to it, no sooner: packages
 * by the kind of what they do, all in one server.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { nodeBinary, nodeMajors } from '../tools/node-versions.mts';
import type { NodeMajor } from '../tools/node-versions.mts';
import { everything } from '../tools/everything.mts';
import path from 'node:path';
import { start, swapWarm, warm } from './standby-apps.ts';
import type { Packages } from './standby-apps.ts';
import type { Running } from './running.ts';

const esModule = (code: string, name: string): Packages[string] => ({
  'package.json': JSON.stringify({ name, type: 'module', main: 'index.js' }),
  'index.js': code,
});

/** In the order in which the app imports them. */
const kinds: Packages = {
  extends: { 'index.js': "require.extensions['.hbs'] = () => {}; exports.value = 1;" },
  patches: {
    'index.js':
      "const fs = require('node:fs'); const { closeSync } = fs; fs.closeSync = (fd) => closeSync(fd); exports.value = 1;",
  },
  names: { 'index.js': "globalThis.NAMED = { by: 'names' }; exports.value = 1;" },
  uses: { 'index.js': "exports.value = require('patches-too').value;" },
  'patches-too': {
    'index.js':
      "const { prototype } = require('node:events'); const { once } = prototype; prototype.once = function (...all) { return once.apply(this, all); }; exports.value = 1;",
  },
  warns: {
    'index.js': "process.emitWarning('warns is old', 'DeprecationWarning', 'OLD1'); exports.value = 1;",
  },
  reads: {
    'index.js': "exports.value = JSON.parse(require('node:fs').readFileSync('package.json', 'utf8')).name;",
  },
  completes: {
    'index.js': "const Base = require('./base.js'); Base.more = () => 1; module.exports = Base;",
    'base.js': 'module.exports = class Base {}; module.exports.value = 1;',
  },
  based: { 'index.js': "exports.value = require('completes').value;" },
  pure: esModule("import base from 'completes/base.js'; export const value = typeof base;", 'pure'),
};
const imported = ['pure', ...Object.keys(kinds).filter((name) => name !== 'pure' && name !== 'patches-too')];

const look = `
import fs from 'node:fs';
import events from 'node:events';
import Module from 'node:module';
const seen = globalThis.seen = [];
export const look = (where, value) => seen.push([where, value, Object.keys(Module._extensions), String(fs.closeSync).length,
  String(events.prototype.once).length, typeof NAMED, 'NAMED' in globalThis]);`;

const appOf = (version: string): Record<string, string> => ({
  'look.mjs': look,
  ...Object.fromEntries(
    imported.map((name) => [
      `${name}.mjs`,
      `import { look } from './look.mjs';\nimport * as exports from '${name}';\nlook('${name}', exports.value);`,
    ]),
  ),
  'server.mjs': `
import { look } from './look.mjs';
${imported.map((name) => `import './before-${name}.mjs';\nimport './${name}.mjs';`).join('\n')}
import http from 'node:http';
http.createServer((request, response) => response.end(JSON.stringify(['${version}', seen]))).listen(process.env.PORT);`,
  ...Object.fromEntries(
    imported.map((name) => [
      `before-${name}.mjs`,
      `import { look } from './look.mjs';\nlook('before ${name}');`,
    ]),
  ),
});

describe('what ES modules import of CommonJS', () => {
  for (const major of nodeMajors.filter((one) => everything || one === 20))
    it(`is there before the app, and seen only when it comes to it, on Node ${major}`, (t) =>
      compare(t, major));

  it('is left to the app with an ES module of a package that imports it, and that is said', async (t) => {
    const wrapped = esModule("import patches from 'patches'; export const { value } = patches;", 'wrapped');
    const app = await start(t, {
      files: {
        'look.mjs': look,
        'server.mjs': `
import './look.mjs';
import { value } from 'wrapped';
import http from 'node:http';
http.createServer((request, response) => response.end(String(value))).listen(process.env.PORT);`,
      },
      packages: { ...kinds, wrapped },
      command: ['node', 'server.mjs'],
    });
    const { leftOut } = await warm(app);
    assert.deepEqual(leftOut, ['wrapped (imports patches, which replaces fs.closeSync)']);
    assert.equal((await swapWarm(app)).standby, true);
    assert.equal((await app.get('/')).body, '1');
  });
});

describe('a package that is an ES module and required', () => {
  it('is there before the app, JSON that it imports and warnings about it, too', async (t) => {
    const required = {
      ...esModule(
        "import data from './data.json' with { type: 'json' }; export const { value } = data;",
        'required',
      ),
      'data.json': '{"value":1}',
    };
    const app = await start(t, {
      files: {
        'server.js': `
console.error('begins');
const { value } = require('required');
require('names');
require('node:http').createServer((request, response) => response.end(String(value))).listen(process.env.PORT);`,
      },
      packages: { ...kinds, required },
    });
    const cold = outputOf(app);
    const { leftOut } = await warm(app);
    assert.deepEqual(leftOut, []);
    const before = app.output.length;
    assert.equal((await swapWarm(app)).standby, true);
    assert.equal((await app.get('/')).body, '1');
    assert.equal(outputOf(app, before), cold);
  });
});

async function compare(t: TestContext, major: NodeMajor): Promise<void> {
  const node = await nodeBinary(major);
  const app = await start(t, {
    files: appOf('v1'),
    packages: kinds,
    command: ['node', 'server.mjs'],
    env: { PATH: `${path.dirname(node)}:${process.env['PATH'] ?? ''}` },
  });
  const [, cold] = JSON.parse((await app.get('/')).body) as [string, unknown];
  const coldOutput = outputOf(app);
  assert.match(coldOutput, /OLD1.*warns is old/);
  const { leftOut } = await warm(app);
  assert.deepEqual(leftOut, []);
  const before = app.output.length;
  app.write('server.mjs', appOf('v2')['server.mjs'] ?? '');
  assert.equal((await swapWarm(app)).standby, true);
  assert.deepEqual(JSON.parse((await app.get('/')).body), ['v2', cold]);
  assert.equal(outputOf(app, before), coldOutput);
}

/** Of one generation. */
function outputOf(app: Running, from = 0): string {
  return app.output.slice(from).replaceAll(/\(node:\d+\)/g, '(node)');
}
