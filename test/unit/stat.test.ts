import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { statOf } from '../../src/shared/stat.ts';

test('nothing is at a path that leads through a file, nor where nothing is', () => {
  assert.equal(statOf(path.join(import.meta.filename, 'app.js')), undefined);
  assert.equal(statOf(path.join(import.meta.dirname, 'none')), undefined);
  assert.equal(statOf(import.meta.filename)?.isFile(), true);
});
