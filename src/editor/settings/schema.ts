/** The shape and the default of every `hotSwap.*` setting, and what is wrong with one, in words that name it. */
import * as v from 'valibot';
import { isWarmUp, specDefaults, ways } from '../../shared/spec.ts';
import { swapOnModes } from './swap-on.ts';

const text = v.pipe(v.string('must be text'), v.nonEmpty('must not be empty'));
const milliseconds = v.pipe(
  v.number('must be a number of milliseconds'),
  v.minValue(1, 'must be at least 1 (milliseconds)'),
  v.maxValue(3_600_000, 'must be at most 3600000 (an hour)'),
);
const value = v.union(
  [v.string(), v.number(), v.boolean(), v.null()],
  'must be text, a number, true, false or null',
);

const onOff = v.picklist(['on', 'off'], 'must be "on" or "off"');

const serverSchema = v.strictObject(
  {
    name: text,
    command: v.union(
      [text, v.pipe(v.array(v.string()), v.minLength(1))],
      'must be a command line, or a list of a program and its arguments',
    ),
    cwd: v.optional(text),
    env: v.optional(v.record(v.string(), value, 'must be an object of names and values'), {}),
    envFile: v.optional(text),
    probe: v.optional(v.pipe(text, v.startsWith('/', 'must be a path that begins with /'))),
    readyTimeout: v.optional(milliseconds, specDefaults.readyTimeoutMs),
    drainTimeout: v.optional(milliseconds, specDefaults.drainTimeoutMs),
    duringBoot: v.optional(
      v.picklist(['hold', 'serveOld'], 'must be "hold" or "serveOld"'),
      specDefaults.duringBoot,
    ),
    warmUp: v.optional(
      v.array(v.pipe(text, v.check(isWarmUp, 'must be a path that begins with /, or "last"'))),
      [],
    ),
    overlap: v.optional(v.boolean('must be true or false'), specDefaults.overlap),
    watch: v.optional(v.array(text, 'must be a list of globs'), []),
    build: v.optional(
      v.union(
        [
          v.pipe(
            text,
            v.transform((line) => [line]),
          ),
          v.array(text),
        ],
        'must be a command line, or a list of them',
      ),
      [],
    ),
    companions: v.optional(v.array(text, 'must be a list of command lines'), []),
    standby: v.optional(onOff),
    way: v.optional(v.picklist(ways, `must be one of ${ways.map((name) => `"${name}"`).join(', ')}`)),
    port: v.optional(
      v.pipe(
        v.number('must be a port'),
        v.integer('must be a port'),
        v.minValue(1, 'must be at least 1'),
        v.maxValue(65_535, 'must be at most 65535'),
      ),
    ),
    listen: v.optional(v.array(text, 'must be a list of ports and addresses'), []),
    standbyExcept: v.optional(v.array(text, 'must be a list of package names'), []),
  },
  (issue) =>
    issue.expected === 'never'
      ? 'is not a setting of a server'
      : issue.expected === 'Object'
        ? 'must be an object'
        : 'is missing',
);

export type ServerSetting = v.InferOutput<typeof serverSchema>;

/** A server of which only this is said. */
export function plainServer(name: string, command: string): ServerSetting {
  return { ...v.parse(serverSchema, { name: '-', command: '-' }), name, command };
}

const bool = v.boolean('must be true or false');
const swapOn = v.picklist(swapOnModes, `must be one of ${swapOnModes.map((mode) => `"${mode}"`).join(', ')}`);
const seconds = v.pipe(
  v.number('must be a number of seconds'),
  v.minValue(0, 'must not be negative'),
  v.maxValue(86_400, 'must be at most 86400 (a day)'),
);

/** All but `servers`. What users read of them is in manifest.ts, which does not compile without a new one. */
const single = {
  swapOn: v.optional(swapOn, 'save'),
  standby: v.optional(onOff, 'on'),
  autoStart: v.optional(bool, false),
  offer: v.optional(bool, true),
  graceSeconds: v.optional(seconds, 60),
};
const singleNames = Object.keys(single) as (keyof typeof single)[];

export const settingNames: readonly string[] = [...singleNames, 'servers'];

export type SingleSettings = { readonly [K in keyof typeof single]: v.InferOutput<(typeof single)[K]> };

export const defaultSettings: SingleSettings = v.parse(v.object(single), {});

export interface Settings extends SingleSettings {
  readonly servers: readonly ServerSetting[];
}

export interface ParsedSettings {
  readonly settings: Settings;
  /** One sentence each, such as `hotSwap.servers[0].drainTimeout must be a number of milliseconds`. */
  readonly errors: readonly string[];
}

/** Takes what is right and says what is wrong: one mistake must not stop the other servers. */
export function parseSettings(raw: Readonly<Record<string, unknown>>): ParsedSettings {
  const errors: string[] = [];
  const read = (key: keyof SingleSettings): unknown => {
    const parsed = v.safeParse(single[key], raw[key] ?? undefined);
    if (parsed.success) return parsed.output;
    errors.push(`hotSwap.${key} ${parsed.issues[0].message}`);
    return defaultSettings[key];
  };
  const singles = Object.fromEntries(singleNames.map((key) => [key, read(key)])) as unknown as SingleSettings;
  return { settings: { ...singles, servers: parseServers(raw['servers'] ?? [], errors) }, errors };
}

function parseServers(given: unknown, errors: string[]): readonly ServerSetting[] {
  if (!Array.isArray(given)) {
    errors.push('hotSwap.servers must be a list of servers');
    return [];
  }
  const servers: ServerSetting[] = [];
  for (const [index, entry] of given.entries()) {
    const where = `hotSwap.servers[${String(index)}]`;
    const parsed = v.safeParse(serverSchema, entry);
    if (!parsed.success) {
      for (const issue of parsed.issues) errors.push(`${where}${path(issue)} ${issue.message}`);
    } else if (servers.some(({ name }) => name === parsed.output.name)) {
      errors.push(`${where}.name "${parsed.output.name}" is taken by another server`);
    } else {
      servers.push(parsed.output);
    }
  }
  return servers;
}

function path(issue: v.BaseIssue<unknown>): string {
  return (issue.path ?? [])
    .map(({ key }) => (typeof key === 'number' ? `[${String(key)}]` : `.${String(key)}`))
    .join('');
}
