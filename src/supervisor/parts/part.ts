/** One process beside the generations: a step, a builder, a companion. Its output is labelled with its name. */
import type { Clock } from '../../shared/clock.ts';
import type { OutputChunk } from '../../shared/model.ts';
import type { PartSpec } from '../../shared/spec.ts';
import { CommandProcess } from '../processes/command-process.ts';
import type { Exit } from '../processes/command-process.ts';

/** Between the request to leave and SIGKILL (ms). */
const endMs = 5000;
/** Clears a terminal's screen: it is not the part's alone. */
// eslint-disable-next-line no-control-regex
const clearing = /\x1bc|\x1b\[[23]J|\x1b\[H/g;

export type PartPrinted = (chunk: Pick<OutputChunk, 'part' | 'stream' | 'text'>) => void;

export class Part {
  readonly name: string;
  /** How it ended, when nothing of it is left. */
  readonly gone: Promise<Exit>;
  private readonly command: CommandProcess;
  private readonly clock: Clock;
  private isGone = false;

  constructor(
    { name, command, cwd, env }: PartSpec,
    clock: Clock,
    printed: PartPrinted,
    heard: (text: string) => void = () => undefined,
  ) {
    this.name = name;
    this.clock = clock;
    let end = (_exit: Exit): void => undefined;
    const exit = new Promise<Exit>((resolve) => {
      end = resolve;
    });
    this.command = new CommandProcess(
      {
        script: typeof command === 'string' ? 'exec /bin/sh -c "$1"' : 'exec "$@"',
        words: typeof command === 'string' ? [command] : command,
        cwd,
        env,
        // Its input stays open: esbuild and tailwind end with it.
        stdio: ['pipe', 'pipe', 'pipe', 'guard'],
      },
      clock,
      {
        output: (stream, text) => {
          printed({ part: name, stream, text: text.replace(clearing, '') });
          heard(text);
        },
        spawnFailed: (error) => {
          printed({ part: name, stream: 'stderr', text: `${error.message}\n` });
          end({ code: 127, signal: null });
        },
        exited: (how) => end(how),
      },
    );
    this.gone = exit.then(async (how) => {
      await this.command.lastOutput();
      await this.command.empty();
      this.isGone = true;
      return how;
    });
  }

  get pid(): number {
    return this.command.pid;
  }

  /** As `signal` would end it; SIGTERM without one. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.isGone) return;
    this.command.signal(signal);
    const kill = this.clock.setTimeout(() => this.kill(), endMs);
    await this.gone;
    kill.cancel();
  }

  kill(): void {
    this.command.signal('SIGKILL');
  }
}
