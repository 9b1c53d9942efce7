/** A command as the very process that is started, with something said before it begins. */
import type { ServerSpec } from '../../shared/spec.ts';

/** Words, and nothing of which only a shell knows what it means. */
const isPlain = /^[\w./@:=,+%-]+(?: +[\w./@:=,+%-]+)*$/;

/** `prelude`: for the shell, in the process that becomes the command. */
export function execing(command: ServerSpec['command'], prelude = ''): readonly string[] {
  if (typeof command !== 'string') return ['/bin/sh', '-c', `${prelude}exec "$@"`, 'sh', ...command];
  const bare = command.trim().replace(/'[^']*'|"[^"$`\\]*"/g, 'quoted');
  // `A=b x`: an assignment can't stand behind exec.
  const line = isPlain.test(bare) ? `exec ${/^\w+=/.test(bare) ? 'env ' : ''}${command}` : command;
  return ['/bin/sh', '-c', prelude + line];
}
