import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BuildReader } from '../../src/builders/build-reader.ts';
import { saysOf } from '../../src/builders/registry.ts';

/** What is read of these lines, and the places of its errors. */
function read(tool: string, ...lines: string[]): { news: string[]; places: string[] } {
  const reader = new BuildReader(saysOf(tool));
  const news = reader.read(`${lines.join('\n')}\n`).map((one) => one.news);
  const places = reader
    .problems()
    .map(({ file, line, message }) => `${file ?? '?'}:${line ?? '?'} ${message}`);
  return { news, places };
}

test("rollup's TypeScript plugin only warns of errors: the build has failed", () => {
  const { news, places } = read(
    'rollup',
    'bundles src/index.ts → dist...',
    '\u001b[1m\u001b[33m(!) [plugin typescript] src/routes/books.ts (12:1): @rollup/plugin-typescript TS1128: Declaration or statement expected.\u001b[39m\u001b[22m',
    'src/routes/books.ts:12:1',
    'created dist in 743ms',
    '[2026-11-28 07:36:55] waiting for changes...',
  );
  assert.deepEqual(news, ['began', 'failed']);
  assert.deepEqual(places, ['src/routes/books.ts:12 TS1128: Declaration or statement expected.']);
});

test('a build of no files by Babel is what it says after an error', () => {
  const { news } = read(
    'babel',
    'SyntaxError: src/routes/books.ts: Unexpected token (12:0)',
    'Successfully compiled 0 files with Babel (108ms).',
  );
  assert.deepEqual(news, ['failed']);
  assert.deepEqual(read('babel', 'Successfully compiled 1 file with Babel (119ms).').news, ['whole']);
});

test('what Vite cannot transform is at its place, by rolldown and by esbuild', () => {
  const failed = new Set(['began', 'failed']);
  const by8 = read(
    'vite',
    'build started...',
    'error during build:',
    'Build failed with 1 error:',
    '',
    '\u001b[31m[builtin:vite-transform] \u001b[0mUnexpected token',
    '   \u001b[38;5;246m╭\u001b[0m\u001b[38;5;246m─\u001b[0m\u001b[38;5;246m[\u001b[0m src/index.ts:4:2 \u001b[38;5;246m]\u001b[0m',
  );
  assert.deepEqual([new Set(by8.news), by8.places], [failed, ['src/index.ts:4 Unexpected token']]);
  const by7 = read(
    'vite',
    'build started...',
    'error during build:',
    '[vite:esbuild] Transform failed with 1 error:',
    '/app/src/index.ts:4:1: ERROR: Unexpected "}"',
    'file: /app/src/index.ts:4:1',
  );
  assert.deepEqual([new Set(by7.news), by7.places], [failed, ['/app/src/index.ts:4 Unexpected "}"']]);
});

test('what tsdown cannot parse is at its place, and the next good build is whole', () => {
  const { news, places } = read(
    'tsdown',
    '\u001b[34mℹ\u001b[39m Found /app/src/index.ts changed, rebuilding...',
    '',
    '\u001b[41m ERROR \u001b[49m Error: Build failed with 1 error:',
    '',
    '[PARSE_ERROR] Error: Unexpected token',
    '   ╭─[ src/index.ts:4:2 ]',
  );
  assert.deepEqual([news, places], [['began', 'failed'], ['src/index.ts:4 Unexpected token']]);
  assert.deepEqual(read('tsdown', '✔ Rebuilt in 11ms.').news, ['whole']);
});
