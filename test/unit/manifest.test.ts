import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { manifest } from '../tools/manifest.mts';
import { root } from '../tools/root.mts';

test('package.json declares the settings that there are; npm run manifest writes them', () => {
  for (const { is, shouldBe } of manifest()) assert.equal(is, shouldBe);
});

test('each text of package.json is there in German, too, with the same code and links in it', () => {
  const [en, de] = ['package.nls.json', 'package.nls.de.json'].map(
    (name) => JSON.parse(readFileSync(path.join(root, name), 'utf8')) as Record<string, string>,
  );
  assert.deepEqual(Object.keys(de!).sort(), Object.keys(en!).sort());
  const marked = (text = ''): string[] => (text.match(/`[^`]+`|\(command:[^)]+\)/g) ?? []).sort();
  for (const [key, text] of Object.entries(en!)) assert.deepEqual(marked(de![key]), marked(text), key);
});
