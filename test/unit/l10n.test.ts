/** Every text that the editor's parts translate is in the bundle of each language, and nothing else is. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { root } from '../tools/root.mts';

type Bundle = Readonly<Record<string, string>>;

const read = (file: string): Bundle => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Bundle;
const placeholders = (text: string): string[] => [...text.matchAll(/\{\d\}/g)].map(([one]) => one).sort();

const source = path.join(root, 'src', 'editor');
const texts = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => [
    ...readFileSync(path.join(source, file), 'utf8').matchAll(/\bt\(\s*'((?:[^'\\]|\\.)*)'/g),
  ])
  .map(([, text]) => text ?? '');
const languages = readdirSync(path.join(root, 'l10n')).flatMap(
  (file) => /^bundle\.l10n\.(.+)\.json$/.exec(file)?.[1] ?? [],
);

test('there is a whole translation', () => {
  assert.ok(languages.includes('de'));
  assert.ok(texts.length > 50);
});

for (const language of languages) {
  test(`${language} has all texts, with their places for values`, () => {
    const bundle = read(`l10n/bundle.l10n.${language}.json`);
    assert.deepEqual(Object.keys(bundle).sort(), [...new Set(texts)].sort());
    for (const [text, translated] of Object.entries(bundle))
      assert.deepEqual(placeholders(translated), placeholders(text), text);
  });

  test(`${language} has all of package.json's texts, with their commands`, () => {
    const english = read('package.nls.json');
    const translated = read(`package.nls.${language}.json`);
    assert.deepEqual(Object.keys(translated).sort(), Object.keys(english).sort());
    const commands = (text: string): string[] => [...text.matchAll(/\(command:[^)]*\)/g)].map(([one]) => one);
    for (const [key, text] of Object.entries(english))
      assert.deepEqual(commands(translated[key] ?? ''), commands(text), key);
    const used = new Set(
      [...readFileSync(path.join(root, 'package.json'), 'utf8').matchAll(/"%([\w.]+)%"/g)].map(
        ([, key]) => key,
      ),
    );
    assert.deepEqual([...used].sort(), Object.keys(english).sort());
  });
}
