/** Whether a command comes down to something else than it did: a script or a watcher's settings have changed. */
import type { UnwrapResult } from './unwrap.ts';

export interface CommandChange {
  /** For the log. */
  readonly sentence: string;
  /** False: what runs beside the server has changed, which takes a new start. */
  readonly isServers: boolean;
}

/** Undefined if it is what it was. */
export function commandChange(before: UnwrapResult, now: UnwrapResult): CommandChange | undefined {
  if (textOf([now.pipeline]) !== textOf([before.pipeline])) {
    const sentence = 'what the command runs beside the server is another now: stop and start it to have that';
    return { sentence, isServers: false };
  }
  const started = ({ command, env, watcher }: UnwrapResult): string => textOf([command, env, watcher]);
  if (started(now) === started(before)) return undefined;
  const { command } = now;
  const line = typeof command === 'string' ? command : command.join(' ');
  return { sentence: `the command is another now: starting ${line}`, isServers: true };
}

/** Without what a package manager says of itself and of the package. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => (key.startsWith('npm_') ? undefined : inner));
}
