/** Whether a server would load again, of modules of all kinds, by the Node that runs this. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { certainlyNeeds } from '../../src/runtimes/node/reload/certain-needs.ts';
import { compilersOf } from '../../src/runtimes/node/reload/compilers-of.ts';
import type { LoadedModule, ModuleGraph } from '../../src/runtimes/node/own-words.ts';
import { findRefused } from '../../src/runtimes/node/reload/refused.ts';
import type { ErrorLocation } from '../../src/runtimes/runtime.ts';
import { specDefaults } from '../../src/shared/spec.ts';
import { root } from '../tools/root.mts';

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

const tsx = path.join(root, 'node_modules/tsx/dist');
const byTsx = ['--require', `${tsx}/preflight.cjs`, '--import', `file://${tsx}/loader.mjs`];

/** `files`: the main module first; each needs all that come after it. */
async function refused(
  files: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<string | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-refused-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const names = Object.keys(files).filter((name) => name !== 'package.json');
  const modules = names.map((name, i): LoadedModule => ({
    ...{ id: path.join(folder, name), own: true, needs: names.map((_, at) => at).filter((at) => at > i) },
    ...(i === 0 ? { isMain: true } : {}),
  }));
  const own: ModuleGraph = {
    ...{ main: path.join(folder, names[0] ?? ''), flags, runtime: process.execPath, modules },
    ...{ commonJsMain: true, by: 'require', variables: [], reflect: [], functions: {} },
  };
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || name === 'NODE_OPTIONS' ? [] : [[name, value]],
    ),
  );
  const spec = { ...specDefaults, name: 'app', command: ['node', names[0] ?? ''], cwd: folder, env };
  const asked = { spec, loaded: { own }, since: 0, folder: path.join(root, 'dist') };
  const found = await findRefused(asked, AbortSignal.timeout(60_000));
  return found && told(found);
}

function told({ file = '', line, column, message }: ErrorLocation): string {
  return `${path.basename(file)}:${line}:${column} ${message.replace(/: \/.*\//, ': ')}`;
}

const esm = '{ "type": "module" }';

describe('a server is refused', () => {
  const cases: readonly [string, Readonly<Record<string, string>>, RegExp, (readonly string[])?][] = [
    [
      'CommonJS',
      { 'a.js': "'use strict';\nconst x = ;\n" },
      /^a\.js:2:11 SyntaxError: Unexpected token ';'$/,
    ],
    ['without an extension', { main: '#!/usr/bin/env node\nconst x = ;\n' }, /^main:2:11 SyntaxError/],
    ['.cjs', { 'a.cjs': 'await 1;\n', 'package.json': esm }, /^a\.cjs:1:1 SyntaxError: await is only/],
    [
      'ES modules',
      { 'a.mjs': "import './b.js';", 'b.js': 'let x;\nlet x;', 'package.json': esm },
      /^b\.js:2:5 S/,
    ],
    ['ES modules by their syntax', { 'a.js': "import 'node:fs';\nconst x = ;\n" }, /^a\.js:2:11 SyntaxError/],
    [
      'JSON',
      { 'a.js': "const c = require('./c.json');", 'c.json': '{\n  "a": 1,\n}\n' },
      /^c\.json:.* SyntaxError: c\.json: /,
    ],
    [
      'TypeScript by tsx',
      { 'a.ts': "import { b } from './b';\nb();", 'b.ts': 'export enum B {}\nlet x: = 1;' },
      /^b\.ts:2:8 Unexpected "="$/,
      byTsx,
    ],
    [
      'what leads there',
      { 'a.js': "use(require('./b'));", 'b.js': "exports.c = require('./c');", 'c.js': '{' },
      /^c\.js:1:\d SyntaxError: Unexpected end of input$/,
    ],
  ];
  for (const [what, files, expected, flags] of cases)
    it(`for ${what}`, async () => assert.match((await refused(files, flags)) ?? 'nothing', expected));
});

describe('a server is not refused', () => {
  const broken = 'const x = ;';
  const cases: readonly [string, Readonly<Record<string, string>>, (readonly string[])?][] = [
    [
      'what compiles',
      {
        'a.js': '#!/usr/bin/env node\nif (1) return;\nfor await (const x of []);'.replace(
          '\nif (1) return;',
          '',
        ),
        'b.cjs': 'return',
        'c.json': '\uFEFF{}',
      },
    ],
    [
      'what is tried',
      { 'a.js': "try { require('./b'); } catch {}\ntry {\n  require('./b');\n} catch {}", 'b.js': broken },
    ],
    [
      'what is asked for later',
      { 'a.js': "const b = () => require('./b');\nimport('./b.js');", 'b.js': broken },
    ],
    [
      'what is not asked for any more',
      { 'a.js': "// require('./b');\n/*\nimport './b.js';\n*/", 'b.js': broken },
    ],
    ['what leads to it, and is not needed', { 'a.js': '', 'b.js': "require('./c')", 'c.js': broken }],
    ['what is of another kind', { 'a.js': "import './b.txt';", 'b.txt': broken }],
    [
      'top-level await and types by tsx',
      { 'a.ts': 'export const a: number = await 1;\nenum A { B }' },
      byTsx,
    ],
    ['an unknown compiler', { 'a.js': broken }, ['--require', '@babel/register']],
    ['an unknown loader', { 'a.js': broken }, ['--loader', './mine.mjs']],
    ['TypeScript without a compiler that is known', { 'a.mts': 'enum A { B }\nconst a: number = 1;' }],
  ];
  for (const [what, files, flags] of cases)
    it(`for ${what}`, async () => assert.equal(await refused(files, flags), undefined));
});

it('what is loaded for certain is read from what a module says', () => {
  const needs = (text: string): boolean => certainlyNeeds(text, '/app/lib/routes/index.js');
  for (const text of [
    "import routes from './routes/index.js';",
    "import {\n  one,\n  two,\n} from '../lib/routes';",
    "export * from './routes';",
    'const routes_1 = __importDefault(require("./routes"));',
    "app.use('/', require(lib + '/routes')(app));",
    "import routes = require('./routes');",
  ])
    assert.ok(needs(text), text);
  for (const text of [
    "import type { Route } from './routes';",
    "  require('./routes');",
    "if (x) require('./routes');",
    "const x = y && require('./routes');",
    "import('./routes');",
    "require.resolve('./routes');",
    "require('routes');",
    "const text = './routes';",
  ])
    assert.ok(!needs(text), text);
});

it('compilers are those that the command preloads, and nothing of the app is', () => {
  const of = (
    flags: readonly string[],
    modules: readonly string[] = [],
    main = '/app/a.ts',
    options = '',
  ): unknown =>
    compilersOf(
      { main, flags, modules: modules.map((id) => ({ id, own: false, needs: [] })) },
      { env: { NODE_OPTIONS: options } },
    );
  assert.deepEqual(of([]), []);
  assert.deepEqual(of(['--import', './telemetry.mjs', '-r', 'dotenv/config']), []);
  assert.deepEqual(of(['-r', './mine.js', '-r', 'ts-node/register', '--inspect']), [
    '-r',
    'ts-node/register',
  ]);
  assert.deepEqual(of([], [], '/app/a.ts', '--import=tsx'), ['--import', 'tsx']);
  assert.deepEqual(of(['--require', './tsx/mine.js']), []);
  assert.deepEqual(of([], ['/app/node_modules/pirates/lib/index.js']), undefined);
  assert.deepEqual(of([], ['/jiti/node_modules/express/index.js']), []);
  const itself = '/app/node_modules/ts-node/dist/bin.js';
  const compiler = '/app/node_modules/ts-node/register/transpile-only.js';
  assert.deepEqual(of([], [itself], itself), ['--require', compiler]);
  assert.deepEqual(of([], [itself], '/app/node_modules/.bin/ts-node'), ['--require', compiler]);
});
