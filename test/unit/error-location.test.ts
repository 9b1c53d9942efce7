/** Real output of real runners, made on the spot: their formats change, and then this should fail. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { locateError } from '../../src/runtimes/node/error-location.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-errors-'));
symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
after(() => rmSync(folder, { recursive: true }));

function run(file: string, content: string, args: readonly string[] = []): string {
  writeFileSync(path.join(folder, file), content);
  const env = { ...process.env };
  Reflect.deleteProperty(env, 'NODE_OPTIONS');
  return spawnSync(process.execPath, [...args, file], { cwd: folder, env, encoding: 'utf8' }).stderr;
}

function place(text: string): unknown[] {
  const found = locateError(text, folder);
  return [
    found?.message,
    found?.file === undefined ? undefined : path.relative(folder, found.file),
    found?.line,
    found?.column,
  ];
}

describe('the place of an error', () => {
  it('at the end of a file, under which Node points nowhere', () => {
    const found = place(run('end.js', 'function unended() {\n  return 1;\n'));
    assert.deepEqual(found.slice(0, 2), ['SyntaxError: Unexpected end of input', 'end.js']);
    assert.equal(found[2], 3);
  });

  it('in JSON that is loaded as a module', () => {
    writeFileSync(path.join(folder, 'comma.json'), '{\n  "text": "v2",\n}\n');
    writeFileSync(path.join(folder, 'half.json'), '{\n  "text":');
    const required = place(run('comma.js', "require('./comma.json');\n"));
    assert.deepEqual(required.slice(1), ['comma.json', 3, 1]);
    assert.match(String(required[0]), /double-quoted property name/);
    const imported = place(run('half.mjs', "import './half.json' with { type: 'json' };\n"));
    assert.deepEqual(imported.slice(1, 3), ['half.json', 2]);
  });

  it('in a CommonJS module that does not parse', () => {
    assert.deepEqual(place(run('a.js', 'const a = 1;\nconst b = };\n')), [
      "SyntaxError: Unexpected token '}'",
      'a.js',
      2,
      11,
    ]);
  });

  it('in an ES module that does not parse', () => {
    assert.deepEqual(place(run('a.mjs', 'const a = 1;\nconst b = };\n')), [
      "SyntaxError: Unexpected token '}'",
      'a.mjs',
      2,
      11,
    ]);
  });

  it('of an exception, where it was thrown', () => {
    const text = run('b.js', 'function f() {\n  null.x;\n}\nf();\n');
    assert.deepEqual(place(text), ["TypeError: Cannot read properties of null (reading 'x')", 'b.js', 2, 8]);
  });

  it('of an exception thrown by a dependency or by Node: the first line of the user', () => {
    const text = run('c.js', "const fs = require('node:fs');\n\nfs.readFileSync('/no/such/file');\n");
    const [message, ...at] = place(text);
    assert.match(String(message), /^Error: ENOENT: no such file/);
    assert.deepEqual(at, ['c.js', 3, 4]);
  });

  it('of a missing module, where it is asked for', () => {
    const [message, file, line] = place(run('d.js', "\nrequire('./missing.js');\n"));
    assert.match(String(message), /Cannot find module '\.\/missing\.js'/);
    assert.deepEqual([file, line], ['d.js', 2]);
  });

  it('of a missing ES module: the importer', () => {
    const [message, file] = place(run('d.mjs', "\nimport './missing.mjs';\n"));
    assert.match(String(message), /ERR_MODULE_NOT_FOUND/);
    assert.equal(file, 'd.mjs');
  });

  it('that the app catches, and tells in its own words', () => {
    writeFileSync(path.join(folder, 'caught.mjs'), 'const a = };\n');
    const catches = "import('./caught.mjs').catch((error) => console.error('Can not start:', error));\n";
    assert.equal(place(run('h.mjs', catches))[0], "SyntaxError: Unexpected token '}'");
  });

  it('of a rejected promise', () => {
    assert.deepEqual(place(run('e.js', "Promise.reject(new RangeError('no'));\n")), [
      'RangeError: no',
      'e.js',
      1,
      16,
    ]);
  });

  it('in TypeScript that tsx cannot transform', () => {
    const tsx = ['--import', 'tsx'];
    assert.deepEqual(place(run('f.ts', 'const a: number = 1;\nconst b = };\n', tsx)), [
      'Unexpected "}"',
      'f.ts',
      2,
      11,
    ]);
  });

  it('in TypeScript that throws, at the line of the source', () => {
    const text = run('g.ts', "interface A {}\n\nthrow new Error('typed');\n", [
      '--import',
      'tsx',
      '--enable-source-maps',
    ]);
    const [message, file, line] = place(text);
    assert.deepEqual([message, file, line], ['Error: typed', 'g.ts', 3]);
  });

  it('in a tsconfig.json that a runner refuses', () => {
    const tsNode =
      'TSError: ⨯ Unable to compile TypeScript:\ntsconfig.json(4,23): error TS1002: Unterminated string literal.\n';
    assert.deepEqual(place(tsNode), ['TS1002: Unterminated string literal.', 'tsconfig.json', 4, 23]);
    const viteNode =
      "Error: Transform failed with 1 error:\n\n[TSCONFIG_ERROR] Failed to load tsconfig 'tsconfig.json': invalid type: sequence, expected a string at line 4 column 14\n";
    assert.deepEqual(place(viteNode), ['invalid type: sequence, expected a string', 'tsconfig.json', 4, 14]);
    const nowhere =
      "/app/node_modules/ts-node/src/index.ts:859\n    return new TSError();\n           ^\nTSError: ⨯ Unable to compile TypeScript:\nerror TS5083: Cannot read file '/app/base.json'.\n";
    assert.deepEqual(place(nowhere), [
      "TS5083: Cannot read file '/app/base.json'.",
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('in TypeScript that swc-node or vite-node refuses', () => {
    const swc = `Error:   x Expression expected\n   ,-[${folder}/src/a.ts:1:1]\n 1 | const x = ;\n   :           ^\n   \`----\n`;
    assert.deepEqual(place(swc), ['Expression expected', 'src/a.ts', 1, 1]);
    const oxc =
      'Error: Transform failed with 1 error:\n\n[PARSE_ERROR] Unexpected token\n   ╭─[ src/a.ts:1:19 ]\n   │\n';
    assert.deepEqual(place(oxc), ['Unexpected token', 'src/a.ts', 1, 19]);
  });

  it('in a package that is linked from elsewhere', () => {
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'hot-swap-errors-'));
    after(() => rmSync(elsewhere, { recursive: true }));
    for (const text of ['module.exports = ;', "throw new Error('no words');"]) {
      const file = path.join(elsewhere, 'words.js');
      writeFileSync(file, text);
      const found = locateError(run('a.js', `require('${file}');`), folder);
      assert.deepEqual([found?.file, found?.line], [file, 1]);
    }
  });

  it('in TypeScript that ts-node or tsc refuses', () => {
    const pretty = "src/a.ts:3:7 - error TS2322: Type 'string' is not assignable to type 'number'.\n";
    const plain = "src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.\n";
    for (const text of [pretty, plain]) {
      assert.deepEqual(place(text), [
        "TS2322: Type 'string' is not assignable to type 'number'.",
        'src/a.ts',
        3,
        7,
      ]);
    }
  });

  it('is unknown where nothing looks like an error', () => {
    assert.equal(locateError('listening on :3000\n', folder), undefined);
  });
});
