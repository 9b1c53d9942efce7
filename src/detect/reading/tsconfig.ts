/** The one thing that starting a compiled server takes from a tsconfig.json: where the compiler writes. */
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'jsonc-parser';
import * as v from 'valibot';
import type { ReadFile } from './files.ts';

const schema = v.object({
  extends: v.fallback(v.optional(v.union([v.string(), v.array(v.string())])), undefined),
  compilerOptions: v.fallback(
    v.optional(v.object({ outDir: v.fallback(v.optional(v.string()), undefined) })),
    undefined,
  ),
});

/** Configurations that extend each other: no sane project nests deeper, and a circle must end. */
const deepest = 8;

/** Absolute; undefined if nothing says so. Only what is extended by a path is followed. */
export async function outDirOf(path: string, readFile: ReadFile, depth = 0): Promise<string | undefined> {
  const parsed = v.safeParse(schema, parse((await readFile(path)) ?? '', [], { allowTrailingComma: true }));
  if (!parsed.success || depth > deepest) return undefined;
  const { compilerOptions, extends: bases = [] } = parsed.output;
  if (compilerOptions?.outDir !== undefined) return resolve(dirname(path), compilerOptions.outDir);
  for (const base of [bases].flat().reverse()) {
    if (!base.startsWith('.') && !isAbsolute(base)) continue;
    const file = join(dirname(path), base);
    const found = await outDirOf(/\.json$/.test(file) ? file : `${file}.json`, readFile, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
