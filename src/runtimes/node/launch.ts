/** How to start a command so that the Node process in it that listens takes part. */
import { invitationVariable } from '../protocol/messages.ts';
import type { Invitation, Standby } from '../protocol/messages.ts';
import { nodeOptionsWith } from './node-options.ts';

export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Descriptors for the child; `ipc` is where its listening sockets come up. */
  readonly stdio: readonly ('pipe' | 'ipc' | number)[];
  /** Index in `stdio` of a standby's gate. */
  readonly gate?: number;
}

/**
 * Node's IPC descriptor is to travel as a plain one that no Node on the way claims for itself; the shell only
 * removes its two variables and becomes the command.
 */
const forget = 'unset NODE_CHANNEL_FD NODE_CHANNEL_SERIALIZATION_MODE; ';

const handles = 3;

export function launch(
  command: string | readonly string[],
  env: Readonly<Record<string, string>>,
  invitation: Omit<Invitation, 'handles' | 'listeners' | 'standby'>,
  listeners: ReadonlyMap<string, number>,
  preload: string,
  standby?: Omit<Standby, 'fd'>,
): Launch {
  const stdio: ('pipe' | 'ipc' | number)[] = ['pipe', 'pipe', 'pipe', 'ipc'];
  const inherited: Record<string, number> = {};
  for (const [key, fd] of listeners) inherited[key] = stdio.push(fd) - 1;
  const gate = standby === undefined ? undefined : stdio.push('pipe') - 1;
  const full: Invitation = {
    ...invitation,
    handles,
    listeners: inherited,
    ...(standby === undefined || gate === undefined ? {} : { standby: { ...standby, fd: gate } }),
  };
  return {
    file: '/bin/sh',
    args:
      typeof command === 'string'
        ? ['-c', `${forget}exec /bin/sh -c "$1"`, 'sh', command]
        : ['-c', `${forget}exec "$@"`, 'sh', ...command],
    env: {
      ...env,
      [invitationVariable]: JSON.stringify(full),
      NODE_OPTIONS: nodeOptionsWith(env['NODE_OPTIONS'] ?? '', preload, standby?.by === 'import'),
    },
    stdio,
    ...(gate === undefined ? {} : { gate }),
  };
}
