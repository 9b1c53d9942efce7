import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UsedFiles } from '../../src/supervisor/generations/generation.ts';
import { Wanted } from '../../src/supervisor/changes/wanted.ts';

const none = new Set<string>();
const nothing: UsedFiles = {
  reads: none,
  rereads: none,
  writes: none,
  makes: none,
  seeks: none,
  needs: none,
  lists: none,
  wholes: none,
  watches: none,
  shared: none,
  byWrappers: none,
  readBy: new Map<string, number>(),
};

test('what it looked for is wanted, and not what programs make to know of each other', () => {
  const seeks = new Set([
    '/app/conf/local.yml',
    '/app/.next/dev/lock',
    '/app/server.pid',
    '/app/data/app.db',
  ]);
  const wanted = new Wanted({ ...nothing, seeks }, none, 0);
  assert.deepEqual(
    [...seeks].filter((file) => wanted.has(file)),
    ['/app/conf/local.yml'],
  );
});

test('all that appears in a folder that was not there is, but for those', () => {
  const wanted = new Wanted({ ...nothing, lists: new Set(['/app/nowhere']) }, none, 0);
  const files = ['/app/nowhere/a.js', '/app/nowhere/b', '/app/nowhere/lock', '/app/nowhere/x.log'];
  assert.deepEqual(
    files.filter((file) => wanted.has(file)),
    files.slice(0, 2),
  );
});
