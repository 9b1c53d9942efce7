/** Back One Generation: a server serves its former code again, while the files stay as they are. */
import { isDependency } from '../../runtimes/registry.ts';
import type { SwapOutcome } from '../../shared/model.ts';
import type { Environment } from '../folder/environment.ts';
import type { LoadedAnswer } from '../generations/generation.ts';
import { writeOverlay } from '../past/overlay.ts';
import { Past } from '../past/past.ts';
import type { Server } from '../servers/server.ts';
import type { Upgrades } from './upgrades.ts';

/** Of a generation, all of it or what it has used since. */
type Learned = Pick<LoadedAnswer, 'used' | 'startedAt'> & Partial<LoadedAnswer>;

export class WayBack {
  private readonly server: Server;
  private readonly env: Environment;
  private readonly upgrades: Upgrades;
  private readonly past: Past;

  constructor(server: Server, upgrades: Upgrades, env: Environment) {
    this.server = server;
    this.upgrades = upgrades;
    this.env = env;
    this.past = new Past(env.clock);
  }

  /** The generation that started then serves, and has used this. */
  learn({ files = [], reads = [], used, startedAt }: Learned): void {
    const { changes } = this.upgrades;
    const { roster } = this.server;
    const number = roster.generations.find((one) => one.startedAt === startedAt)?.number;
    const member = roster.find(number);
    if (number === undefined || member === undefined) return;
    const { past } = member;
    // No generation has what these are on disk: whoever saves them means that.
    if (past !== undefined) changes.forget(past.files);
    // What it writes is its data, and what it reads anew each time is as it is on disk.
    const isOwn = (file: string): boolean =>
      isDependency(file) || used.writes.has(file) || used.makes.has(file) || used.rereads.has(file);
    this.past.learn({
      generation: number,
      startedAt,
      files: [...new Set([...files, ...reads, ...used.reads, ...changes.files])].filter(
        (file) => !isOwn(file),
      ),
      looksInto: [...used.lists, ...used.seeks],
      codeOf: past?.codeOf,
    });
  }

  /** A generation starts for these. */
  saw(files: readonly string[]): void {
    if (files.length > 0) this.past.saw(files);
  }

  /** Throws an error for the user where there is no way. */
  async take(): Promise<SwapOutcome> {
    const at = this.env.clock.now();
    const { server } = this;
    const { state, serving, failure } = server.status;
    if (state === 'off' || state === 'stopping' || state === 'starting')
      throw this.refusal('it does not serve');
    const generation = server.roster.find(serving?.generation)?.generation;
    if (generation?.runtime.showsPast === false)
      throw this.refusal(`the ${generation.runtime.promise} can't show a process earlier code`);
    if (server.status.unmanaged !== undefined) throw this.refusal('it runs without Hot Swap');
    // One that serves since just now may not have been learned yet.
    const answer = await server.loadedFiles();
    if (answer !== undefined) this.learn(answer);
    const way = await this.past.way(state === 'down' && failure?.reason !== 'crashed');
    if ('why' in way) throw this.refusal(way.why);
    const overlay = writeOverlay(this.env.folder, way.codeOf, way.contents);
    server.roster.overlays.ask(overlay);
    return await server.swap({ kind: 'back', files: overlay.files, at, codeOf: way.codeOf });
  }

  private refusal(why: string): Error {
    const { name, status } = this.server;
    const still = status.serving === undefined ? '' : ` Gen ${String(status.serving.generation)} serves on.`;
    return new Error(`${name} can't go back one generation: ${why}.${still}`);
  }
}
