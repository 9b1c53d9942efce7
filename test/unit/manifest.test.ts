import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifest } from '../tools/manifest.mts';

test('package.json declares the settings that there are; npm run manifest writes them', () => {
  const { is, shouldBe } = manifest();
  assert.equal(is, shouldBe);
});
