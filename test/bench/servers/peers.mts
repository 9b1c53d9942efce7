import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type HotSwapEvent, readEvents } from './events.mts';
import { isFree } from './ports.mts';
import { processesOf, Program } from './processes.mts';
import { repository, type Workspace } from './workspace.mts';

/** A way to run `node server.js` while its files are edited. */
export interface Peer {
  name: string;
  ours: boolean;
  /** Requests sent after the swap began must not be answered by old code. */
  holds: boolean;
  command: string[];
}

const node = process.execPath;
const inRepository = (file: string): string => path.join(repository, file);
const cli = inRepository('dist/cli.js');

export const peers: Peer[] = [
  ours('hot-swap', true, []),
  ours('hot-swap-serveOld', false, ['--during-boot', 'serveOld']),
  theirs('nodemon', [node, inRepository('node_modules/nodemon/bin/nodemon.js'), 'server.js']),
  theirs('node-watch', [node, '--watch', 'server.js']),
  theirs('tsx-watch', [node, inRepository('node_modules/tsx/dist/cli.mjs'), 'watch', 'server.js']),
];

export const bare: Peer = theirs('bare', [node, 'server.js']);

function ours(name: string, holds: boolean, options: string[]): Peer {
  const command = [node, cli, 'run', '--json', ...options, '--', node, 'server.js'];
  return { name, ours: true, holds, command };
}

function theirs(name: string, command: string[]): Peer {
  return { name, ours: false, holds: false, command };
}

/** A peer at work. */
export class Running {
  /** What hot-swap told on stdout; stays empty for the others. */
  readonly events: HotSwapEvent[] = [];
  readonly complaints: string[] = [];
  private readonly program: Program;

  constructor(
    readonly peer: Peer,
    private readonly workspace: Workspace,
    private readonly port: number,
  ) {
    const output = path.join(workspace.root, `${peer.name}.log`);
    this.program = new Program(peer.command, workspace.folder, port, output, peer.ours);
    if (this.program.child.stdout) readEvents(this.program.child.stdout, this.events, this.complaints);
  }

  /** The process that answers now. */
  get serverPid(): number {
    return this.events.findLast((event) => event.event === 'serving')?.pid ?? this.program.pid;
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    this.program.killGroup();
    await this.program.exited;
  }

  /** Ends it as Ctrl+C would, and complains about whatever is left behind. */
  async stop(): Promise<void> {
    const went = await this.program.stop(
      this.peer.ours ? 'SIGINT' : 'SIGTERM',
      this.peer.ours ? 15_000 : 2000,
    );
    if (this.peer.ours && !went) this.complaints.push('did not end within 15 s of SIGINT');
    for (let i = 0; i < 20 && processesOf(this.workspace.root).length > 0; i++) await sleep(100);
    for (const { pid, command } of processesOf(this.workspace.root)) {
      this.complaints.push(`left behind: ${pid} ${command}`);
      process.kill(pid, 'SIGKILL');
    }
    if (!(await isFree(this.port))) this.complaints.push(`port ${this.port} is still taken`);
  }
}
