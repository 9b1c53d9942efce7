/** What a package leaves behind by being loaded: the app finds it when it loads the package, and not before. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { start, swapWarm, warm } from './standby-apps.ts';
import type { Packages } from './standby-apps.ts';
import { answer, leavesSubjects } from './standby-subject.ts';
import type { Cases } from './standby-subject.ts';

/** Seen at once by everybody, but nobody else changes because of it. */
const work: Cases = {
  prints: [/\(prints\)/, "console.log('hello');"],
  'prints past its streams': [/\(prints\)/, "require('node:fs').writeSync(1, 'hello');"],
  'replaces how the process prints': [
    /replaces process\.stdout\.write/,
    'const { write } = process.stdout; process.stdout.write = (...all) => write.apply(process.stdout, all);',
  ],
  'puts off work': [/puts off work/, 'process.nextTick(() => {});'],
  'asks whether a file of the app exists': [
    /reads settings\.json/,
    "exports.value = require('node:fs').existsSync('settings.json');",
  ],
  'changes a variable': [/changes APP_OTHER/, "process.env.APP_OTHER = 'by the package';"],
  'watches asynchronous work': [
    /watches asynchronous work/,
    "require('node:async_hooks').createHook({ init() {} }).enable();",
  ],
};

/** Who is loaded after it may be another because of it, and it can't be taken back. */
const changes: Cases = {
  'adds to a prototype for good': [
    /replaces Array\.prototype\.last/,
    "Object.defineProperty(Array.prototype, 'last', { value() { return this.at(-1); } });",
  ],
  'replaces what another package exports': [/replaces harmless\.make/, "require('harmless').make = () => 2;"],
  'changes a setting of a built-in module': [
    /replaces events\.defaultMaxListeners/,
    "require('node:events').defaultMaxListeners = 50;",
  ],
};

describe('a package is left for the app to load that', { concurrency: 2 }, () => {
  it(Object.keys(work).join(', '), async (t) => leavesSubjects(t, work));
  // All that follow it wait for it.
  for (const [what, change] of Object.entries(changes))
    it(what, async (t) => leavesSubjects(t, { [what]: change }));
});

/** Notes what the app sees of the subject before and after it loads it, from `lib/`. */
const tracing = (version: string): string => `
globalThis.order = [];
const look = () => order.push(Object.keys(globalThis).filter((name) => /subject/.test(name)).join());
process.env.APP_SETTING = 'set by the app';
look();
require('./lib/uses.js');
look();
require('node:http').createServer((request, response) => {
  response.end(JSON.stringify({ version: '${version}', order, value: require('subject').value?.() }));
}).listen(process.env.PORT);`;

/** Loaded ahead, since nothing of this can be told, or only by who has the package already. */
const traces: Readonly<Record<string, readonly [value: unknown, code: string, order?: readonly string[]]>> = {
  'makes a global': [
    undefined,
    'globalThis.__subject = globalThis.subjects = true;',
    ['', 'subjects,__subject'],
  ],
  'keeps the environment, and changes it later': [
    'later',
    "const { env } = process; exports.value = () => { env.APP_SETTING = 'later'; return process.env.APP_SETTING; };",
  ],
  'may be asked who required it first': [
    'uses.js',
    "exports.value = () => require('node:path').basename(module.parent.filename);",
  ],
  'starts threads, which are as polite as all': [
    ['0'],
    `require('node:crypto').randomBytes(8, () => {});
    const fs = require('node:fs');
    exports.value = () => [...new Set(fs.readdirSync('/proc/self/task').map((id) =>
      fs.readFileSync('/proc/self/task/' + id + '/stat', 'utf8').replace(/.*[)] /, '').split(' ')[16]))];`,
  ],
};

describe('a package that is loaded ahead', { concurrency: 2 }, () => {
  for (const [what, [value, code, order]] of Object.entries(traces)) {
    it(what, async (t) => {
      const app = await start(t, {
        files: { 'server.js': tracing('v1'), 'lib/uses.js': "require('subject');" },
        packages: { subject: { 'index.js': code } },
      });
      const cold = await answer(app);
      assert.deepEqual(cold.value, value);
      if (order !== undefined) assert.deepEqual(cold.order, order);
      const { leftOut, modules } = await warm(app);
      assert.deepEqual([leftOut, modules], [[], 1]);
      app.write('server.js', tracing('v2'));
      assert.equal((await swapWarm(app)).standby, true);
      assert.deepEqual(await answer(app), { ...cold, version: 'v2' });
    });
  }
});

/** What a package does to what all share, and how the app sees it. */
const takenBack: Readonly<Record<string, readonly [code: string, seen: string]>> = {
  'keeps something on process, by a private name': [
    'process.__subject = true;',
    "Object.keys(process).filter((name) => name.startsWith('__subject')).join()",
  ],
  'adds to Reflect': ['Reflect.decorate = () => {};', 'typeof Reflect.decorate'],
  'adds to a prototype': ['Array.prototype.last = () => {};', 'typeof [].last'],
  'changes how deep stack traces go': ['Error.stackTraceLimit = 50;', 'Error.stackTraceLimit'],
  'replaces a function of the process': [
    'const { cwd } = process; process.cwd = function ours() { return cwd(); };',
    '[process.cwd.name, process.cwd()]',
  ],
  'replaces a function of a built-in module': [
    "const fs = require('node:fs'); const { stat } = fs; fs.stat = function ours(...all) { stat(...all); };",
    "require('node:fs').stat.name",
  ],
  'replaces one that we watch meanwhile': [
    "const fs = require('node:fs'); const { existsSync } = fs; fs.existsSync = (file) => 'ours:' + existsSync(file);",
    "String(require('node:fs').existsSync(__filename)) + require('node:fs').existsSync",
  ],
  'reads a new kind of files': [
    "require.extensions['.txt'] = () => {};",
    'Object.keys(require.extensions).join()',
  ],
  'reads files in another way': [
    "const { '.js': js } = require.extensions; require.extensions['.js'] = function ours(...all) { return js(...all); };",
    "require.extensions['.js'].name",
  ],
  'wraps what another one has wrapped': [
    "require('first'); const { exit } = process; process.exit = function second(code) { exit(code); };",
    'process.exit.name',
  ],
};

describe('a package that changes what all share, and is loaded ahead,', () => {
  it(`${Object.keys(takenBack).join(', or ')}, does so when the app loads it, and not before`, async (t) => {
    const cases = Object.values(takenBack);
    const source = (version: string): string => `
const looks = [${cases.map(([, seen]) => `() => ${seen}`).join(',\n')}];
const order = looks.map((look, n) => {
  const before = look();
  require('./lib/uses' + n + '.js');
  return [before, look()];
});
require('node:http').createServer((request, response) => {
  response.end(JSON.stringify({ version: '${version}', order, now: looks.map((look) => look()) }));
}).listen(process.env.PORT);`;
    const files: Record<string, string> = { 'server.js': source('v1') };
    const first = 'const { exit } = process; process.exit = function first(code) { exit(code); };';
    const packages: Record<string, Packages[string]> = { first: { 'index.js': first } };
    cases.forEach(([code], n) => {
      files[`lib/uses${n}.js`] = `require('subject${n}');`;
      packages[`subject${n}`] = { 'index.js': code };
    });
    const app = await start(t, { files, packages });
    const cold = JSON.parse((await app.get('/')).body) as { readonly order: readonly [string, string][] };
    for (const [before, after] of cold.order) assert.notDeepEqual(before, after);
    assert.deepEqual((await warm(app)).leftOut, []);
    app.write('server.js', source('v2'));
    assert.equal((await swapWarm(app)).standby, true);
    assert.deepEqual(JSON.parse((await app.get('/')).body), { ...cold, version: 'v2' });
  });
});

describe('an ES module that is required,', () => {
  const source = (version: string): string => `
const order = [typeof Reflect.decorate];
const names = Object.keys(require('subject'));
order.push(typeof Reflect.decorate);
require('node:http').createServer((request, response) => {
  response.end(JSON.stringify({ version: '${version}', order, names }));
}).listen(process.env.PORT);`;
  const packages: Packages = {
    subject: {
      'package.json': '{"name":"subject","type":"module","exports":"./index.js"}',
      'index.js': "import './inner.js'; export const value = 1;",
      'inner.js': "import 'provider';",
    },
    provider: { 'index.js': 'Reflect.decorate = () => {};' },
  };

  it('brings what CommonJS that it imports has added, and not before', async (t) => {
    const app = await start(t, { files: { 'server.js': source('v1') }, packages });
    const cold = await answer(app);
    assert.deepEqual(cold.order, ['undefined', 'function']);
    const { leftOut, modules } = await warm(app);
    assert.deepEqual([leftOut, modules], [[], 2]);
    app.write('server.js', source('v2'));
    assert.equal((await swapWarm(app)).standby, true);
    assert.deepEqual(await answer(app), { ...cold, version: 'v2' });
  });
});

describe('a package that looks for what others add to Reflect,', () => {
  const looking = (version: string, before: string): string => `
${before}
const { value } = require('subject');
require('node:http').createServer((request, response) => {
  response.end(JSON.stringify({ version: '${version}', value }));
}).listen(process.env.PORT);`;
  const packages = {
    subject: { 'index.js': 'exports.value = typeof Reflect.metadata;' },
    provider: { 'index.js': 'Reflect.metadata = () => {};' },
  };
  for (const [who, before, found, leftOut] of [
    ['nobody', '', 'undefined', []],
    ['a package', "require('provider');", 'function', []],
    ['the app itself', 'Reflect.metadata = 1;', 'number', ['subject (looks for Reflect.metadata)']],
  ] as const) {
    it(`finds it as in a cold start: ${who} adds it`, async (t) => {
      const app = await start(t, { files: { 'server.js': looking('v1', before) }, packages });
      assert.equal((await answer(app)).value, found);
      assert.deepEqual((await warm(app)).leftOut, leftOut);
      app.write('server.js', looking('v2', before));
      assert.equal((await swapWarm(app)).standby, true);
      assert.equal((await answer(app)).value, found);
    });
  }
});

describe('a package that looks, while it loads, at who requires it,', () => {
  it('is left for the app to load, since that may be anybody', async (t) => {
    const code = 'exports.value = ((name) => () => name)(module.parent.filename);';
    const app = await start(t, {
      files: { 'server.js': tracing('v1'), 'lib/uses.js': "require('subject');" },
      packages: { subject: { 'index.js': code } },
    });
    const cold = await answer(app);
    assert.match(String(cold.value), /uses\.js$/);
    assert.deepEqual((await warm(app)).leftOut, ['subject (looks at who requires it)']);
    app.write('server.js', tracing('v2'));
    assert.equal((await swapWarm(app)).standby, true);
    assert.deepEqual(await answer(app), { ...cold, version: 'v2' });
  });
});
