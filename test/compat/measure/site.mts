/** Where a row happens: a copy of its project in a temporary folder, and its ports. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, isFree } from '../../tools/free-port.mts';
import { processesOf } from '../../bench/servers/processes.mts';
import { copyProject } from '../projects/link-tree.mts';
import { packageManagers } from '../projects/programs.mts';
import { fill, type Recipe } from '../recipe.mts';

const open = new Set<Site>();

/** For a run that ends before its time. */
export function cleanUp(): void {
  for (const site of open) {
    site.killAll();
    site.remove();
  }
}

export class Site {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'hot-swap-compat-'));
  readonly folder = path.join(this.root, 'app');

  static async open(recipe: Recipe, project: string, services: Record<string, number>): Promise<Site> {
    const values = { port: await freePort(), port2: await freePort(), port3: await freePort(), ...services };
    return new Site(recipe, project, values, await packageManagers());
  }

  private constructor(
    private readonly recipe: Recipe,
    project: string,
    private readonly values: Readonly<Record<string, number>>,
    private readonly outer: NodeJS.ProcessEnv,
  ) {
    open.add(this);
    copyProject(project, this.folder);
    const written = { ...recipe.project.files, 'package.json': '' };
    for (const file of Object.keys(written)) this.fillIn(path.join(this.folder, file));
  }

  get port(): number {
    return this.values['port']!;
  }

  get command(): string[] {
    return ['sh', '-c', fill(this.recipe.command, this.values)];
  }

  /** The command's words; one with more than words in it is a shell's. */
  get words(): string[] {
    const line = fill(this.recipe.command, this.values);
    return /["'$&|;<>]/.test(line) ? ['sh', '-c', line] : line.split(' ');
  }

  /** The folder's name is in it, so that whatever is started in here is known by it. */
  get env(): Record<string, string> {
    const own = Object.entries(this.recipe.env ?? {}).map(([name, value]) => [
      name,
      fill(value, this.values),
    ]);
    return {
      PATH: this.outer['PATH'] ?? '',
      PORT: String(this.port),
      COMPAT_SITE: this.root,
      ...(Object.fromEntries(own) as Record<string, string>),
    };
  }

  at(file: string): string {
    return path.join(this.folder, file);
  }

  /** Of what is kept: where it was is nobody's concern. */
  withoutPaths<T>(value: T): T {
    return JSON.parse(JSON.stringify(value).replaceAll(`${this.folder}/`, '').replaceAll(this.root, '')) as T;
  }

  /** What of it is alive, after a while in which it may end. */
  async leftRunning(patienceMs: number): Promise<string[]> {
    const end = performance.now() + patienceMs;
    const isOver = async (): Promise<boolean> =>
      processesOf(this.root).length === 0 && (await isFree(this.port));
    while (!(await isOver()) && performance.now() < end) await sleep(100);
    const left = processesOf(this.root).map(({ pid, command }) => `${pid} ${command}`);
    if (!(await isFree(this.port))) left.push(`port ${this.port} is taken`);
    return left;
  }

  async clear(): Promise<void> {
    this.killAll();
    for (let i = 0; i < 100 && (processesOf(this.root).length > 0 || !(await isFree(this.port))); i++) {
      await sleep(50);
      this.killAll();
    }
  }

  killAll(): void {
    for (const { pid } of processesOf(this.root)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // gone meanwhile
      }
    }
  }

  remove(): void {
    open.delete(this);
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  private fillIn(file: string): void {
    if (!fs.existsSync(file)) return;
    const text = fs.readFileSync(file, 'utf8');
    const filled = fill(text, this.values);
    if (filled !== text) fs.writeFileSync(file, filled);
  }
}
