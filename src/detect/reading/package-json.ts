/** What detection reads of a package.json. */
import { join } from 'node:path';
import * as v from 'valibot';
import type { ReadFile } from './files.ts';

const texts = v.fallback(v.record(v.string(), v.string()), {});

// Every part falls back by itself: one odd entry in a package.json must not hide its scripts.
const schema = v.object({
  name: v.fallback(v.optional(v.string()), undefined),
  version: v.fallback(v.optional(v.string()), undefined),
  main: v.fallback(v.optional(v.string()), undefined),
  scripts: v.optional(texts, {}),
  dependencies: v.optional(texts, {}),
  devDependencies: v.optional(texts, {}),
  packageManager: v.fallback(v.optional(v.string()), undefined),
  nodemonConfig: v.optional(v.unknown()),
  watch: v.optional(v.unknown()),
  wireit: v.optional(v.unknown()),
  workspaces: v.fallback(
    v.optional(v.union([v.array(v.string()), v.object({ packages: v.optional(v.array(v.string()), []) })])),
    undefined,
  ),
});

export type PackageJson = v.InferOutput<typeof schema>;

/** The package.json in this very folder, or undefined if there is none or it is no JSON object. */
export async function readPackageJson(folder: string, readFile: ReadFile): Promise<PackageJson | undefined> {
  const parsed = v.safeParse(schema, parseJson(await readFile(join(folder, 'package.json'))));
  return parsed.success ? parsed.output : undefined;
}

/** Undefined for text that is missing or no JSON. */
export function parseJson(text: string | undefined): unknown {
  try {
    // Editors on Windows may put a byte order mark in front.
    return text === undefined ? undefined : JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
