/** How to start a command so that the process in it that listens takes part. */
import path from 'node:path';
import type { Attended } from './attendant.ts';
import { invitationVariable } from './protocol/messages.ts';
import type { Invitation } from './protocol/messages.ts';
import type { Own } from './protocol/standby.ts';
import { entries, equip } from './registry.ts';
import type { Runtime } from './runtime.ts';

export interface LaunchOrder {
  readonly command: string | readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly invitation: Omit<Invitation, 'handles' | 'listeners' | 'standby' | 'entries'>;
  /** Listener key → descriptor. */
  readonly listeners: ReadonlyMap<string, number>;
  /** Where the runtimes are installed. */
  readonly folder: string;
  /** Makes it a standby. */
  readonly standby?:
    { readonly runtime: Runtime; readonly own: Own; readonly debugged?: boolean | undefined } | undefined;
}

export interface Launch {
  /** For a shell, and its words. */
  readonly script: string;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Descriptors for the child; `ipc` is where its listening sockets come up, `guard` gone before the script begins. */
  readonly stdio: readonly ('pipe' | 'ipc' | 'guard' | number)[];
  /** Index in `stdio` of a standby's gate. */
  readonly gate?: number;
}

/**
 * Node's IPC descriptor is to travel as a plain one that no Node on the way claims for itself; the shell only
 * removes its two variables and becomes the command.
 */
const forget = 'unset NODE_CHANNEL_FD NODE_CHANNEL_SERIALIZATION_MODE; ';

const handles = 3;

export function launch({ command, env, invitation, listeners, folder, standby }: LaunchOrder): Launch {
  const stdio: ('pipe' | 'ipc' | 'guard' | number)[] = ['pipe', 'pipe', 'pipe', 'ipc', 'guard'];
  const inherited: Record<string, number> = {};
  for (const [key, fd] of listeners) inherited[key] = stdio.push(fd) - 1;
  const gate = standby === undefined ? undefined : stdio.push('pipe') - 1;
  const full: Invitation = {
    ...invitation,
    handles,
    listeners: inherited,
    entries: entries(folder),
    ...(standby === undefined || gate === undefined
      ? {}
      : { standby: { fd: gate, own: standby.own, debugged: standby.debugged } }),
  };
  return {
    ...forShell(command, forget),
    env: {
      ...equip(withPortTools(env, folder), folder, standby),
      [invitationVariable]: JSON.stringify(full),
    },
    stdio,
    ...(gate === undefined ? {} : { gate }),
  };
}

/** As it would be started without us, but for what its attendant says. */
export function launchAttended({ command, env, descriptors }: Attended): Launch {
  return { ...forShell(command), env, stdio: ['pipe', 'pipe', 'pipe', ...descriptors, 'guard'] };
}

/** `first`: what the shell does before it becomes the command. */
function forShell(command: string | readonly string[], first = ''): Pick<Launch, 'script' | 'words'> {
  return typeof command === 'string'
    ? { script: `${first}exec /bin/sh -c "$1"`, words: [command] }
    : { script: `${first}exec "$@"`, words: command };
}

/** Where a command finds programs that do not see us: supervisor/folder/port-tools.ts. A runtime hides it from its apps. */
export function portToolsOf(folder: string): string {
  return path.join(folder, 'tools');
}

function withPortTools(env: LaunchOrder['env'], folder: string): LaunchOrder['env'] {
  const { PATH } = env;
  return PATH === undefined ? env : { ...env, PATH: `${portToolsOf(folder)}${path.delimiter}${PATH}` };
}
