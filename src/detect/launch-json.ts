/** Servers that a workspace's `.vscode/launch.json` runs with Node: their command, and what else it says of them. */
import { isAbsolute, join, relative } from 'node:path';
import { parse } from 'jsonc-parser';
import * as v from 'valibot';
import { isServerFile, looksLikeServer } from './evidence.ts';
import type { ReadFile } from './reading/files.ts';
import type { PackageJson } from './reading/package-json.ts';
import { formatWords } from './reading/shell.ts';
import type { Candidate } from './candidate.ts';

const words = v.fallback(v.optional(v.array(v.string()), []), []);
const text = v.fallback(v.optional(v.string()), undefined);

const configuration = v.object({
  type: v.picklist(['node', 'pwa-node']),
  request: v.literal('launch'),
  name: v.string(),
  program: text,
  runtimeExecutable: text,
  runtimeArgs: words,
  args: words,
  cwd: text,
  env: v.fallback(v.optional(v.record(v.string(), v.union([v.string(), v.null()])), {}), {}),
  envFile: text,
});
const file = v.object({ configurations: v.array(v.unknown()) });

/** js-debug runs what it debugs with this, if nothing else is said. */
const usual = 'node';

export async function findLaunched(
  folder: string,
  main: PackageJson | undefined,
  readFile: ReadFile,
): Promise<readonly Candidate[]> {
  const content = (await readFile(join(folder, '.vscode', 'launch.json'))) ?? '';
  const parsed = v.safeParse(file, parse(content, [], { allowTrailingComma: true }));
  if (!parsed.success) return [];
  const found: Candidate[] = [];
  for (const each of parsed.output.configurations) {
    const candidate = await candidateOf(each, folder, main, readFile);
    if (candidate !== undefined) found.push(candidate);
  }
  return found;
}

async function candidateOf(
  given: unknown,
  folder: string,
  main: PackageJson | undefined,
  readFile: ReadFile,
): Promise<Candidate | undefined> {
  const expanded: unknown = JSON.parse(
    JSON.stringify(given).replaceAll(/\$\{workspaceFolder(?::[^}]*)?\}/g, () =>
      JSON.stringify(folder).slice(1, -1),
    ),
  );
  const parsed = v.safeParse(configuration, expanded);
  if (!parsed.success) return undefined;
  const { name, program, runtimeExecutable, runtimeArgs, args, cwd, env, envFile } = parsed.output;
  const place = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const here = place(cwd ?? '.');
  const start = program === undefined ? [] : [relative(here, place(program))];
  const command = [runtimeExecutable ?? usual, ...runtimeArgs, ...start, ...args];
  // What is open, picked or typed when it is run: that is no server of this workspace.
  const variable = [...command, here, envFile ?? '', ...Object.values(env)].some((word) =>
    word?.includes('${'),
  );
  if (variable || (program === undefined && runtimeExecutable === undefined)) return undefined;
  const line = formatWords(command);
  const isServer =
    program === undefined
      ? main !== undefined && (await looksLikeServer(line, here, main, readFile))
      : await isServerFile(place(program), readFile);
  if (!isServer) return undefined;
  return {
    name,
    command: line,
    cwd: here,
    found: 'launch.json',
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(envFile === undefined ? {} : { envFile: place(envFile) }),
  };
}
