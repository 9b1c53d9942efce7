/** The command line: parsed to one value, or to one line that says what is wrong. */
import { parseArgs } from 'node:util';
import { isWarmUp, specDefaults, ways } from '../shared/spec.ts';
import type { DuringBoot, WayName } from '../shared/spec.ts';

export type Command =
  | {
      readonly command: 'run';
      readonly cwd: string;
      readonly json: boolean;
      readonly watch: boolean;
      readonly standby: boolean;
      readonly duringBoot: DuringBoot;
      readonly probe: string | undefined;
      readonly warmUp: readonly string[];
      readonly overlap: boolean;
      readonly readyTimeoutMs: number;
      readonly drainTimeoutMs: number;
      readonly way: WayName | undefined;
      readonly port: number | undefined;
      readonly listen: readonly string[];
      readonly argv: readonly string[];
    }
  | { readonly command: 'swap' | 'stop'; readonly cwd: string; readonly server: string | undefined }
  | { readonly command: 'status'; readonly cwd: string; readonly json: boolean }
  | { readonly command: 'help' };

/** Its message is one line for the user; the exit code is 2. */
export class UsageError extends Error {}

export const usage = `hot-swap: saving a file deploys it to the running dev server

  hot-swap run [options] -- COMMAND [ARG…]   run a server; swap it when a loaded file changes
  hot-swap swap [--server NAME]              swap now; waits for the outcome
  hot-swap status [--json]                   what runs here
  hot-swap stop                              end the servers of this folder

Options
  --cwd DIR                      the server's folder (default: here)
  --json                         one event a line on stdout; the server's output goes to stderr
  --no-watch                     swap only on SIGUSR2 and on "hot-swap swap"
  --no-standby                   don't prepare the next generation in the background
  --no-overlap                   only one may be up at a time: the old one ends before the new one starts
  --during-boot hold|serveOld    new requests wait for the new generation (default), or get older code
  --probe PATH                   must answer below 500 before the cutover
  --warm-up PATH|last            asked for once (GET) before the cutover, last: what was answered last;
                                 may be given again
  --ready-timeout MS             how long a new generation may boot (default ${String(specDefaults.readyTimeoutMs)})
  --drain-timeout MS             how long an old one may finish its requests (default ${String(specDefaults.drainTimeoutMs)})
  --way adapter|listen-fds|nginx|front
                                 how it takes part (default: the first that fits)
  --port N                       where clients look for it, for --way front; \${port} in its command is its own port
  --listen ADDRESS               what it is given with --way listen-fds: 8080, 127.0.0.1:8080, name=8080, /run/x.sock;
                                 may be given again

Exit codes: 0 fine, 1 failed or rolled back, 2 usage or no server.
`;

export function parseCommandLine(args: readonly string[], here: string): Command {
  const [name, ...rest] = args;
  switch (name) {
    case undefined:
      throw new UsageError('say what to do: run, swap, status or stop (hot-swap --help)');
    case 'help':
    case '--help':
    case '-h':
      return { command: 'help' };
    case 'run':
      return parseRun(rest, here);
    case 'swap':
    case 'stop': {
      const { values } = parse(rest, { cwd: { type: 'string' }, server: { type: 'string' } });
      return { command: name, cwd: text(values['cwd']) ?? here, server: text(values['server']) };
    }
    case 'status': {
      const { values } = parse(rest, { cwd: { type: 'string' }, json: { type: 'boolean' } });
      return { command: 'status', cwd: text(values['cwd']) ?? here, json: values['json'] === true };
    }
    default:
      throw new UsageError(`there is no command "${name}": run, swap, status or stop`);
  }
}

function parseRun(args: readonly string[], here: string): Command {
  const dashes = args.indexOf('--');
  const argv = dashes < 0 ? [] : args.slice(dashes + 1);
  const { values } = parse(dashes < 0 ? args : args.slice(0, dashes), {
    cwd: { type: 'string' },
    json: { type: 'boolean' },
    'no-watch': { type: 'boolean' },
    'no-standby': { type: 'boolean' },
    'no-overlap': { type: 'boolean' },
    'during-boot': { type: 'string' },
    probe: { type: 'string' },
    'warm-up': { type: 'string', multiple: true },
    'ready-timeout': { type: 'string' },
    'drain-timeout': { type: 'string' },
    way: { type: 'string' },
    port: { type: 'string' },
    listen: { type: 'string', multiple: true },
  });
  if (argv.length === 0)
    throw new UsageError('run needs the server\'s command after "--": hot-swap run -- npm run dev');
  const duringBoot = text(values['during-boot']) ?? specDefaults.duringBoot;
  if (duringBoot !== 'hold' && duringBoot !== 'serveOld') {
    throw new UsageError(`--during-boot is hold or serveOld, not "${duringBoot}"`);
  }
  const probe = text(values['probe']);
  if (probe?.startsWith('/') === false)
    throw new UsageError(`--probe is a path like /health, not "${probe}"`);
  const way = ways.find((name) => name === values['way']);
  if (way === undefined && values['way'] !== undefined)
    throw new UsageError(`--way is one of ${ways.join(', ')}, not "${text(values['way']) ?? ''}"`);
  const warmUp = several(values['warm-up']);
  const wrong = warmUp.find((path) => !isWarmUp(path));
  if (wrong !== undefined)
    throw new UsageError(`--warm-up is a path like /users, or the word last, not "${wrong}"`);
  return {
    command: 'run',
    cwd: text(values['cwd']) ?? here,
    json: values['json'] === true,
    watch: values['no-watch'] !== true,
    standby: values['no-standby'] !== true,
    duringBoot,
    probe,
    warmUp,
    overlap: values['no-overlap'] !== true,
    readyTimeoutMs: milliseconds(
      '--ready-timeout',
      text(values['ready-timeout']),
      specDefaults.readyTimeoutMs,
    ),
    drainTimeoutMs: milliseconds(
      '--drain-timeout',
      text(values['drain-timeout']),
      specDefaults.drainTimeoutMs,
    ),
    way,
    port: portOf(text(values['port'])),
    listen: several(values['listen']),
    argv,
  };
}

type Options = NonNullable<Parameters<typeof parseArgs>[0]>['options'];

function parse(args: readonly string[], options: NonNullable<Options>): { values: Record<string, unknown> } {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
  } catch (error) {
    // Node's message may go on with hints over several lines.
    throw new UsageError((error as Error).message.split('\n')[0]?.replace(/\. .*$/, '') ?? 'bad usage');
  }
}

function several(value: unknown): string[] {
  return Array.isArray(value) ? (value as string[]) : [];
}

function portOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const port = Number(value);
  if (!Number.isInteger(port) || port <= 0 || port > 65_535)
    throw new UsageError(`--port is a number from 1 to 65535, not "${value}"`);
  return port;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function milliseconds(flag: string, value: string | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  const number = Number(value);
  if (!Number.isInteger(number) || number <= 0) {
    throw new UsageError(`${flag} is a number of milliseconds above 0, not "${value}"`);
  }
  return number;
}
