/** What `hot-swap run` asks of the supervisor. */
import path from 'node:path';
import type { UnwrapResult } from '../detect/unwrap.ts';
import type { ServerSpec } from '../shared/spec.ts';
import type { Command } from './arguments.ts';

/** Named after its folder; `env` is the terminal's. */
export function specOf(
  command: Command & { command: 'run' },
  unwrapped: UnwrapResult,
  env: NodeJS.ProcessEnv,
): ServerSpec {
  const cwd = path.resolve(command.cwd);
  return {
    name: path.basename(cwd),
    command: unwrapped.command,
    cwd,
    env: { ...stringsOf(env), ...unwrapped.env },
    readyTimeoutMs: command.readyTimeoutMs,
    drainTimeoutMs: command.drainTimeoutMs,
    duringBoot: command.duringBoot,
    warmUp: command.warmUp,
    overlap: command.overlap,
    watch: [],
    watchDisk: command.watch,
    standby: command.standby,
    ...(command.runAhead ? {} : { runAhead: false }),
    standbyExcept: [],
    ...(command.probe === undefined ? {} : { probe: command.probe }),
    ...(unwrapped.pipeline === undefined ? {} : { pipeline: unwrapped.pipeline }),
    ...(unwrapped.watcher === undefined ? {} : { watcher: unwrapped.watcher }),
    ...(command.way === undefined ? {} : { way: command.way }),
    ...(command.port === undefined ? {} : { port: command.port }),
    ...listenOf(command.listen, unwrapped.listen),
  };
}

function listenOf(said: readonly string[], found: readonly string[] = []): Pick<ServerSpec, 'listen'> {
  const listen = said.length > 0 ? said : found;
  return listen.length === 0 ? {} : { listen };
}

function stringsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const strings: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) strings[name] = value;
  return strings;
}
