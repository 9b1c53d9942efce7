/**
 * Ends what a supervisor leaves that could not do it itself (`kill -9`, out of memory): a shell that knows all process
 * groups, and reads of its standard input that the supervisor has gone. Servers that take part end by themselves then.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';

/** They have three seconds; a group is asked at once unless somebody in it takes part. */
const script = `
trap '' HUP INT TERM
all= joined=
without() { kept=; for one in $1; do [ "$one" = "$2" ] || kept="$kept $one"; done; }
while read -r word group; do
  case $word in
    started) all="$all $group" ;;
    joined) joined="$joined $group" ;;
    gone) without "$all" "$group"; all=$kept; without "$joined" "$group"; joined=$kept ;;
  esac
done
for one in $all; do
  case "$joined " in *" $one "*) ;; *) kill -s TERM -- "-$one" ;; esac
done
looks=30
while [ $looks -gt 0 ]; do
  kept=
  for one in $all; do kill -s 0 -- "-$one" && kept="$kept $one"; done
  all=$kept
  [ -z "$all" ] && exit
  sleep 0.1
  looks=$((looks - 1))
done
for one in $all; do kill -s KILL -- "-$one"; done
`;

type Word = 'joined' | 'gone';

/**
 * Said by the group's own leader, a shell, before it begins: between its start and a word of ours we may be killed. As
 * long as it has not said it, the guard does not hear that we have gone. `fd`: the guard's input there.
 */
export function announcing(fd: number, script: string): string {
  if (fd < 0 || fd > 9) return script;
  const at = String(fd);
  return `trap '' PIPE; echo started $$ >&${at}; trap - PIPE; exec ${at}>&-; ${script}`;
}

class Guard {
  private shell: ChildProcess | undefined;

  /** For a child's descriptor, on which it announces itself; undefined if there is no guard. */
  get input(): Writable | undefined {
    this.shell ??= this.start();
    const { stdin } = this.shell;
    return stdin?.writable === true ? stdin : undefined;
  }

  /** `joined`: a process of the group takes part, and so ends when the supervisor is gone. */
  tell(word: Word, group: number): void {
    this.input?.write(`${word} ${String(group)}\n`);
  }

  /** Resolves when it has gone. To be called when no group is left. */
  async close(): Promise<void> {
    const { shell } = this;
    if (shell?.pid === undefined || shell.exitCode !== null) return;
    const ended = new Promise((resolve) => shell.once('exit', resolve));
    shell.stdin?.end();
    await ended;
  }

  private start(): ChildProcess {
    const shell = spawn('/bin/sh', ['-c', script], {
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true, // who ends our group does not end it
    });
    // Without it all is as well as long as the supervisor ends in order.
    shell.on('error', () => undefined);
    shell.stdin.on('error', () => undefined);
    shell.unref();
    return shell;
  }
}

/** One for the process that it is to outlive. */
export const guard = new Guard();
