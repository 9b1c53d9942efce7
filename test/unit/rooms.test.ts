/** What CONTRIBUTING.md says of rooms and files, held; which room may import which is ESLint's (eslint.config.mjs). */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { root } from '../tools/root.mts';

const src = path.join(root, 'src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.(ts|py)$/.test(file),
);
const text = new Map(files.map((file) => [file, readFileSync(path.join(src, file), 'utf8')]));

test('no room has more than a dozen files', () => {
  const rooms = new Map<string, number>();
  for (const room of files.map((file) => path.dirname(file))) rooms.set(room, (rooms.get(room) ?? 0) + 1);
  assert.deepEqual(
    [...rooms].filter(([, size]) => size > 12),
    [],
  );
});

test('no file has more than 250 lines', () => {
  const long = [...text].filter(([, its]) => its.trimEnd().split('\n').length > 250).map(([file]) => file);
  assert.deepEqual(long, []);
});

test('no file imports itself by way of others, not even for a type', () => {
  const imports = (file: string): string[] =>
    [...(text.get(file) ?? '').matchAll(/(?:from|import\(|require\()\s*'(\.[^']+)'/g)].map(([, to]) =>
      path.join(path.dirname(file), to!),
    );
  const done = new Set<string>();
  const circles: string[] = [];
  const follow = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' → '));
    if (done.has(file) || way.includes(file)) return;
    for (const next of imports(file)) follow(next, [...way, file]);
    done.add(file);
  };
  for (const file of files) follow(file, []);
  assert.deepEqual(circles, []);
});
