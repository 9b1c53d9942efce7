/** From a launch configuration to a server, and to what js-debug is asked for each of its generations. */
import { isAbsolute, join } from 'node:path';
import type * as vscode from 'vscode';
import type { Inspectable } from '../../shared/debugging/debug.ts';
import type { Definition } from '../servers/definition.ts';
import { plainServer, type ServerSetting } from '../settings/schema.ts';

/** In js-debug's words, as of its `node` configurations; what is not named here is passed on to it. */
export interface HotSwapConfiguration extends vscode.DebugConfiguration {
  /** One of Hot Swap's servers, by its name; instead of all that says how to run one. */
  readonly server?: string;
  readonly command?: string;
  readonly program?: string;
  readonly runtimeExecutable?: string;
  readonly runtimeArgs?: readonly string[];
  readonly args?: readonly string[] | string;
  readonly env?: Readonly<Record<string, string | null>>;
  readonly envFile?: string;
  readonly cwd?: string;
  readonly skipFiles?: readonly string[];
  readonly outFiles?: readonly string[];
}

/** What only the launch of a process is about, and what is said anew for each generation. */
const ours = new Set(
  (
    'type request name server command program runtimeExecutable runtimeArgs runtimeVersion args env envFile cwd console ' +
    'port address restart preLaunchTask postDebugTask noDebug stopOnEntry presentation internalConsoleOptions ' +
    'serverReadyAction debugServer __configurationTarget __sessionId'
  ).split(' '),
);

/** Undefined: it does not say what to run. Variables are in their places already. */
export function definitionOf(configuration: HotSwapConfiguration, folder: string): Definition | undefined {
  const command = commandOf(configuration);
  if (command === undefined) return undefined;
  const { name, env, envFile: file, cwd } = configuration;
  const place = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const plain: Omit<ServerSetting, 'cwd' | 'envFile'> = plainServer(name, '-');
  return {
    ...plain,
    command,
    env: env ?? {},
    cwd: place(cwd ?? '.'),
    ...(file === undefined ? {} : { envFile: place(file) }),
    source: `launch.json: ${name}`,
  };
}

/** As js-debug would start it. */
export function commandOf(configuration: HotSwapConfiguration): string | [string, ...string[]] | undefined {
  const { command, program, runtimeExecutable, runtimeArgs = [], args = [] } = configuration;
  if (command !== undefined) return command;
  if (program === undefined && runtimeExecutable === undefined) return undefined;
  const rest = typeof args === 'string' ? args.split(/\s+/).filter((word) => word !== '') : args;
  const file = program === undefined ? [] : [program];
  return [runtimeExecutable ?? 'node', ...runtimeArgs, ...file, ...rest];
}

export interface Generation {
  readonly where: Inspectable;
  readonly cwd: string;
  /** Where what is in the server's process of ours lies: nobody wants to step through it. */
  readonly ownFolder: string;
}

/** What begins a debug session of one generation. */
export function attachTo(
  { where, cwd, ownFolder }: Generation,
  configuration: HotSwapConfiguration,
): vscode.DebugConfiguration {
  const passedOn = Object.entries(configuration).filter(([key]) => !ours.has(key));
  const { skipFiles = ['<node_internals>/**'], outFiles } = configuration;
  return {
    ...Object.fromEntries(passedOn),
    type: 'node',
    request: 'attach',
    name: nameOf(where),
    address: '127.0.0.1',
    port: where.port,
    cwd,
    continueOnAttach: true,
    restart: false,
    // Who waits has started nobody yet; to look for them, js-debug would list all processes.
    ...(where.waits ? { attachExistingChildren: false } : {}),
    skipFiles: [...skipFiles, `${ownFolder}/**`],
    outFiles: outFiles ?? [`${cwd}/**/*.(m|c|)js`, '!**/node_modules/**'],
    internalConsoleOptions: 'neverOpen',
    [processKey]: processOf(where),
  };
}

/** Of its session. */
export function nameOf({ server, generation }: Inspectable): string {
  return `${server} · ${generation === 0 ? 'standby' : `gen ${String(generation)}`}`;
}

/** In a session's configuration: it is of this process, as `processOf` has it. */
export const processKey = '__hotSwapProcess';

/** Ports come again. */
export function processOf({ pid, port }: Inspectable): string {
  return `${String(pid)}:${String(port)}`;
}
