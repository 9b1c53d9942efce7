/** From what a user says about a server, in settings or by choosing it, to what the supervisor runs. */
import { isAbsolute, join, relative } from 'node:path';
import { FilesRead } from '../../detect/reading/files-read.ts';
import type { ReadFile } from '../../detect/reading/files.ts';
import type { UnwrapResult } from '../../detect/unwrap.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import { layer, withColours } from './environment.ts';
import { watchesDisk, type SwapOn } from '../settings/swap-on.ts';
import { plainServer, type ServerSetting } from '../settings/schema.ts';

/** A server that could run, whether it does or not. */
export interface Definition extends Omit<ServerSetting, 'cwd' | 'envFile'> {
  /** Absolute. */
  readonly cwd: string;
  /** Absolute. */
  readonly envFile?: string;
  /** For errors and picks: `hotSwap.servers[0]`, `package.json`. */
  readonly source: string;
}

/** A server that was found and chosen; what workspaceState remembers. */
export interface Chosen {
  readonly name: string;
  readonly command: string;
  /** Relative to the workspace folder, so that the choice survives its renaming. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | null>>;
  readonly envFile?: string;
}

export function fromSetting(setting: ServerSetting, index: number, folder: string): Definition {
  const place = (path: string): string => {
    const expanded = path.replaceAll('${workspaceFolder}', folder);
    return isAbsolute(expanded) ? expanded : join(folder, expanded);
  };
  const { cwd, envFile, ...rest } = setting;
  return {
    ...rest,
    cwd: place(cwd ?? '.'),
    ...(envFile === undefined ? {} : { envFile: place(envFile) }),
    source: `hotSwap.servers[${String(index)}]`,
  };
}

export function fromChosen(chosen: Chosen, folder: string): Definition {
  const { name, command, ...more } = chosen;
  const setting = { ...plainServer(name, command), ...more };
  return { ...fromSetting(setting, 0, folder), source: 'package.json' };
}

export interface SpecContext {
  /** What the server inherits. */
  readonly env: Readonly<Record<string, string>>;
  readonly swapOn: SwapOn;
  /** Unless the server has a setting of its own. */
  readonly standby: 'on' | 'dependencies' | 'off';
  readonly readFile: ReadFile;
}

export interface SpecResult {
  readonly spec: ServerSpec;
  /** What was unwrapped, for the log. */
  readonly note: string | undefined;
  readonly unwrapped: UnwrapResult;
  /** If one of them changes, it may be another spec. */
  readonly read: FilesRead;
}

/** Reads the server's files anew each time, so that a changed package.json or .env counts at the next start. */
export async function toSpec(definition: Definition, context: SpecContext): Promise<SpecResult> {
  const read = new FilesRead(context.readFile);
  const env = layer(context.env, await readEnvFile(definition, read.readFile), textValues(definition.env));
  const { unwrap } = await import('../../detect/detect.ts');
  const { command, cwd, build, companions } = definition;
  const unwrapped = await unwrap(command, cwd, read.readFile, env, { build, companions });
  const spec: ServerSpec = {
    name: definition.name,
    command: unwrapped.command,
    cwd: definition.cwd,
    env: withColours(layer(env, unwrapped.env ?? {})),
    ...(definition.probe === undefined ? {} : { probe: definition.probe }),
    readyTimeoutMs: definition.readyTimeout,
    drainTimeoutMs: definition.drainTimeout,
    duringBoot: definition.duringBoot,
    warmUp: definition.warmUp,
    overlap: definition.overlap,
    watch: [
      ...definition.watch,
      ...(definition.envFile === undefined ? [] : [relative(cwd, definition.envFile)]),
      ...read.settings(cwd),
    ],
    watchDisk: watchesDisk(context.swapOn),
    standby: (definition.standby ?? context.standby) !== 'off',
    ...((definition.standby ?? context.standby) === 'dependencies' ? { runAhead: false } : {}),
    standbyExcept: definition.standbyExcept,
    ...(unwrapped.pipeline === undefined ? {} : { pipeline: unwrapped.pipeline }),
    ...(unwrapped.watcher === undefined ? {} : { watcher: unwrapped.watcher }),
    ...(definition.way === undefined ? {} : { way: definition.way }),
    ...(definition.port === undefined ? {} : { port: definition.port }),
    ...listenOf(definition.listen, unwrapped.listen),
  };
  return { spec, note: unwrapped.note, unwrapped, read };
}

function listenOf(said: readonly string[], found: readonly string[] = []): Pick<ServerSpec, 'listen'> {
  const listen = said.length > 0 ? said : found;
  return listen.length === 0 ? {} : { listen };
}

async function readEnvFile(
  { envFile, source }: Definition,
  readFile: ReadFile,
): Promise<Record<string, string>> {
  if (envFile === undefined) return {};
  const text = await readFile(envFile);
  if (text === undefined) throw new Error(`${source}.envFile: can't read ${envFile}`);
  const { parse } = await import('dotenv');
  return parse(text);
}

function textValues(env: ServerSetting['env']): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value === null ? null : String(value)]),
  );
}
