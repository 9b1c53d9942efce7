/** `npm run manifest`: writes what src/editor/settings declares into package.json, where VS Code looks for it. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configuration, restricted } from '../../src/editor/settings/manifest.ts';
import { root } from './root.mts';

const file = path.join(root, 'package.json');

interface Manifest {
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: { configuration: object };
}

/** package.json as it is, and as it should be. */
export function manifest(): { is: string; shouldBe: string } {
  const is = readFileSync(file, 'utf8');
  const parsed = JSON.parse(is) as Manifest;
  parsed.capabilities.untrustedWorkspaces.restrictedConfigurations = restricted;
  parsed.contributes.configuration = configuration;
  return { is, shouldBe: `${JSON.stringify(parsed, null, 2)}\n` };
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, manifest().shouldBe);
