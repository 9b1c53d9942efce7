/**
 * `npm run manifest`: writes what src/editor/settings declares into package.json, where VS Code looks for it, and its texts
 * into package.nls.json, beside which translations are.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configuration, restricted } from '../../src/editor/settings/manifest.ts';
import { root } from './root.mts';

/** Keys of texts of settings begin so. */
export const ofSettings = 'setting.';

interface Manifest {
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: { configuration: object };
}

type Texts = Record<string, string>;

/** What VS Code shows, and looks up. */
const shown = ['description', 'markdownDescription'];

/** package.json and package.nls.json as they are, and as they should be. */
export function manifest(): { file: string; is: string; shouldBe: string }[] {
  const [of, texts] = [read('package.json'), read('package.nls.json')];
  const parsed = JSON.parse(of.is) as Manifest;
  const others = Object.entries(JSON.parse(texts.is) as Texts).filter(([key]) => !key.startsWith(ofSettings));
  const own: Texts = {};
  parsed.capabilities.untrustedWorkspaces.restrictedConfigurations = restricted;
  parsed.contributes.configuration = keyed(configuration, [], own) as object;
  return [
    { ...of, shouldBe: written(parsed) },
    { ...texts, shouldBe: written({ ...Object.fromEntries(others), ...own }) },
  ];
}

/** With the key of each text in its place. `way`: the names on the way there. */
function keyed(declared: unknown, way: readonly string[], texts: Texts): unknown {
  if (Array.isArray(declared)) return declared.map((each) => keyed(each, way, texts));
  if (typeof declared !== 'object' || declared === null) return declared;
  const put = (text: string, ...more: readonly string[]): string => {
    const key = ofSettings + [...way, ...more].join('.');
    texts[key] = text;
    return `%${key}%`;
  };
  return Object.fromEntries(
    Object.entries(declared).map(([name, value]: [string, unknown]) => {
      if (shown.includes(name) && typeof value === 'string') return [name, put(value)];
      if (name === 'enumDescriptions')
        return [name, (value as string[]).map((text, index) => put(text, String(index + 1)))];
      const isStep = name === 'properties' || name === 'items';
      return [name, keyed(value, isStep ? way : [...way, name.replace('hotSwap.', '')], texts)];
    }),
  );
}

function read(name: string): { file: string; is: string } {
  const file = path.join(root, name);
  return { file, is: readFileSync(file, 'utf8') };
}

function written(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

if (process.argv[1] === import.meta.filename)
  for (const { file, shouldBe } of manifest()) writeFileSync(file, shouldBe);
