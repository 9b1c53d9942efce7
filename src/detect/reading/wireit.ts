/** What Wireit runs for a script: https://github.com/google/wireit#reference */
import * as v from 'valibot';
import type { PackageJson } from './package-json.ts';

const named = v.union([
  v.string(),
  v.pipe(
    v.object({ script: v.string() }),
    v.transform(({ script }) => script),
  ),
]);
const schema = v.object({
  command: v.optional(v.string()),
  dependencies: v.optional(v.array(named), []),
  env: v.optional(v.record(v.string(), v.string()), {}),
  service: v.optional(v.union([v.boolean(), v.object({})]), false),
});

/** As one line for a shell. Undefined if that is no script of Wireit's, or one that waits for what goes on, or for other packages. */
export function wireitLine(main: PackageJson, script: string): string | undefined {
  const config = configOf(main, script);
  if (config?.command === undefined) return undefined;
  const { command, dependencies, env } = config;
  const isStep = (name: string): boolean =>
    /^[\w-][\w:-]*$/.test(name) &&
    main.scripts[name] !== undefined &&
    (configOf(main, name)?.service ?? false) === false;
  if (!dependencies.every(isStep)) return undefined;
  const assigned = Object.entries(env).map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}' `);
  return [...dependencies.map((name) => `npm run ${name}`), `${assigned.join('')}${command}`].join(' && ');
}

function configOf(main: PackageJson, script: string): v.InferOutput<typeof schema> | undefined {
  if (main.scripts[script] !== 'wireit') return undefined;
  const all = main.wireit;
  const parsed = v.safeParse(schema, (all as Record<string, unknown> | undefined)?.[script]);
  return parsed.success ? parsed.output : undefined;
}
