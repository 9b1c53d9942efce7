/** Turns what is known about a generation's end into one sentence, its place in the code, and advice. */
import { stat } from 'node:fs/promises';
import { failedListen, locateError } from '../../runtimes/registry.ts';
import type { Failure } from '../../shared/failure.ts';
import { findPortOwner, isFree } from '../listeners/port-owner.ts';

export interface Ending {
  readonly generation: number;
  readonly cwd: string;
  readonly command: string;
  /** The last output on stderr. */
  readonly errors: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** It had begun to serve. */
  readonly served: boolean;
  /** Ports of the listeners that it inherited. */
  readonly inheritedPorts: readonly number[];
  /** Whether that process is one of another generation of the same server. */
  readonly isOlder: (pid: number) => boolean;
  readonly listenFailed?:
    { readonly code: string; readonly port?: number | undefined; readonly held: boolean } | undefined;
}

/** sh's exit codes, POSIX 2.8.2. */
const notExecutable = 126;
const notFound = 127;

export async function describeEnding(ending: Ending): Promise<Failure> {
  const { generation } = ending;
  const listenFailed = ending.listenFailed ?? printedListenError(ending);
  if (listenFailed?.code === 'EADDRINUSE') return await portTaken(ending, listenFailed);
  if (listenFailed?.code === 'EACCES') {
    return {
      generation,
      reason: 'portDenied',
      message: `No permission to listen on ${portText(listenFailed.port)}`,
      advice: 'Ports below 1024 need privileges: choose a higher one.',
    };
  }
  if (ending.exitCode === notFound || ending.exitCode === notExecutable) {
    return {
      generation,
      reason: 'commandNotFound',
      message: `The command can't be run: ${lastLine(ending.errors) ?? ending.command}`,
      advice: 'Check the command, and that its dependencies are installed.',
    };
  }
  const how = exitText(ending);
  // Whoever was killed while it served died of nothing that it printed, unless it gave up by itself.
  const isKilled = ending.served && ending.signal !== null && ending.signal !== 'SIGABRT';
  const location = isKilled ? undefined : locateError(ending.errors, ending.cwd);
  if (location === undefined) {
    return { generation, reason: ending.served ? 'crashed' : 'exited', message: how };
  }
  return { generation, reason: ending.served ? 'crashed' : 'bootError', ...location };
}

/** A process that dies of it has no time to tell us. */
function printedListenError({ errors, inheritedPorts }: Ending): Ending['listenFailed'] {
  const printed = failedListen(errors);
  return printed === undefined ? undefined : { ...printed, held: inheritedPorts.includes(printed.port) };
}

async function portTaken(
  { generation, isOlder }: Ending,
  failed: NonNullable<Ending['listenFailed']>,
): Promise<Failure> {
  const port = portText(failed.port);
  if (failed.held) {
    return {
      generation,
      reason: 'portTaken',
      message: `The new code listens on ${port} at another address than before`,
      advice: 'Use Restart Server (cold) once, so that the old listener is closed first.',
    };
  }
  const owner = failed.port === undefined ? undefined : await findPortOwner(failed.port);
  // Or it was one that has left by now, as one does whose successor has served for a while.
  const isContended = owner === undefined ? await isFree(failed.port) : isOlder(owner.pid);
  return {
    generation,
    reason: 'portTaken',
    ...(isContended ? { contended: true } : {}),
    message: `Port ${port} is taken by ${owner === undefined ? 'another program' : `${owner.name} (pid ${String(owner.pid)})`}`,
    advice: 'End that program or choose another port, then start again.',
  };
}

/** Not even a shell could be started there. */
export async function describeSpawnError(
  generation: number,
  cwd: string,
  error: NodeJS.ErrnoException,
): Promise<Failure> {
  const folder = await stat(cwd).catch(() => undefined);
  const message =
    folder === undefined ? `The folder ${cwd} does not exist` : `Can't start a process: ${error.message}`;
  return { generation, reason: 'spawnFailed', message };
}

function portText(port: number | undefined): string {
  return port === undefined ? 'its address' : `:${String(port)}`;
}

function exitText({ exitCode, signal, served }: Ending): string {
  const when = served ? '' : ' before it listened';
  if (signal !== null) return `The process was ended by ${signal}${when}`;
  if (exitCode === null) return `The process ended${when}`;
  return `The process exited with code ${String(exitCode)}${when}`;
}

function lastLine(text: string): string | undefined {
  return text.trim().split('\n').at(-1)?.trim() || undefined;
}
