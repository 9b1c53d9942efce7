/**
 * The standby: loads what its predecessor loaded from dependencies, then waits, at no cost but its memory, just
 * before the app's own first module.
 */
import { closeSync, existsSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import Module from 'node:module';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RanAhead, Standby, StandbyRelease, StandbyReport } from '../../../protocol/standby.ts';
import { nothingToLoad } from '../../own-words.ts';
import type { NodeStandby, NodeStandbyReport, StandbyPlan } from '../../own-words.ts';
import { asking } from '../modules/loaded-files.ts';
import { fingerprints } from '../modules/function-slots.ts';
import { linkAhead } from '../ahead/link-ahead.ts';
import { RunAhead } from '../ahead/run-ahead.ts';
import type { Resolved } from '../modules/module-hooks.ts';
import type { UsedFiles } from '../modules/used-files.ts';
import { Observer } from './observer.ts';
import { bePolite, comeSecond } from '../engine/politeness.ts';
import { rehearseRequest } from '../relaying/rehearsal.ts';
import { endUnheard, endUnused, untilReleased } from './release.ts';
import { standInForMain, standInForRequirer } from './stand-ins.ts';

/** What a process that stands by has at hand. */
export interface Surroundings {
  readonly preloader: NodeJS.Module['parent'];
  readonly used: UsedFiles | undefined;
  /** Brings up to date which ES modules were resolved; undefined where none are. */
  readonly resolved: (() => readonly Resolved[]) | undefined;
  /** Called once it is warm, before the app: may block until it is about to be released. */
  readonly meets: () => void;
  /** Called with what it is told, where it goes on: before the app, or in the midst of it. */
  readonly released: (release: StandbyRelease) => void;
}

/** On a busy machine, who is polite for longer (ms) is never warm. */
const politeMs = 3000;

/** Blocks until it is released, unless it is to run ahead. Ends the process if nobody will. */
export function standByRequiring(standby: Standby, around: Surroundings): void {
  const plan = planOf(standby);
  if ('released' in plan) {
    around.released(plan.released);
    return;
  }
  const warming = new Warming(standby, plan, around);
  for (const module of warming.modules) warming.require(module);
  warming.goOn();
}

export async function standByImporting(
  standby: Standby,
  around: Surroundings,
  importModule: (specifier: string) => Promise<unknown>,
): Promise<void> {
  const plan = planOf(standby);
  if ('released' in plan) {
    around.released(plan.released);
    return;
  }
  const warming = new Warming(standby, plan, around);
  for (const module of warming.modules) {
    if (module.startsWith('file:')) await warming.import(module, importModule);
    else if (warming.plan.asked.includes(module)) await warming.ask(module, importModule);
    else warming.require(module);
  }
  // Not the app's and not a dependency's: it only has the runner start the compiler that it has for ES modules.
  const { warmUp, commonJsMain } = warming.plan;
  if (warmUp !== undefined && !commonJsMain) {
    warming.endPoliteness(); // the compiler is a process, which would stay polite
    await importModule(warmUp).catch(() => undefined);
  }
  if (commonJsMain) warming.goOn();
  else await warming.link(importModule);
}

class Warming {
  readonly plan: StandbyPlan;
  readonly modules: readonly string[];
  private readonly fd: number;
  private readonly planFile: string;
  private readonly observer: Observer;
  private readonly replaced: readonly string[];
  private readonly main: string;
  private readonly around: Surroundings;
  private readonly endMain: () => void = () => undefined;
  readonly endPoliteness: () => void;
  private isPolite = true;
  private readonly since = Date.now();

  constructor({ fd, own }: Standby, plan: StandbyPlan, around: Surroundings) {
    this.around = around;
    const { main, plan: file } = own as NodeStandby;
    this.fd = fd;
    this.planFile = file;
    this.plan = plan;
    this.replaced = replacedFunctions(this.plan);
    this.modules = this.replaced.length > 0 ? [] : this.plan.modules;
    const { yields } = this.plan;
    const isUpAtOnce = this.modules.length === 0; // a spare
    this.endPoliteness = isUpAtOnce ? () => yields && comeSecond() : bePolite(yields);
    this.main = main;
    if (this.plan.commonJsMain) this.endMain = standInForMain(main);
    this.observer = new Observer(this.plan);
  }

  require(module: string): void {
    if (module in require.cache) return; // came along
    this.losePatience();
    const looks = (): void => this.observer.looksAtRequirer(module);
    this.observer.during(module, () =>
      load(module, standInForRequirer(module, this.main, this.around.preloader, looks)),
    );
  }

  /**
   * What an ES module imports of CommonJS, Node takes from where it keeps it once somebody has loaded it, the first time;
   * after that from its `exports`, whose first reader is told (deferred.ts). So the first time is ours.
   */
  async ask(module: string, importModule: (specifier: string) => Promise<unknown>): Promise<void> {
    if (!(module in require.cache)) {
      this.losePatience();
      // Nobody is the parent of what is imported.
      this.observer.during(module, () => load(module, undefined));
    }
    const url = pathToFileURL(module).href + asking;
    await this.observer.duringAsync(module, () => importModule(url));
  }

  async import(module: string, importModule: (specifier: string) => Promise<unknown>): Promise<void> {
    this.losePatience();
    await this.observer.duringAsync(module, () => importModule(module));
  }

  private losePatience(): void {
    if (!this.isPolite || Date.now() - this.since < politeMs) return;
    this.isPolite = false;
    this.endPoliteness();
  }

  /** Waits before the app, or later. */
  goOn(): void {
    const isClean = this.isOver();
    const { used } = this.around;
    const { stops, graph = [], apartFirst = false } = this.plan;
    if (stops === undefined || used === undefined || !isClean) {
      this.wait();
      return;
    }
    const plan = { stops, graph, apartFirst, tick: () => this.losePatience() };
    new RunAhead(plan, used, (ahead) => this.wait(ahead)).begin();
  }

  /** The same where the main module is an ES module. */
  async link(importModule: (specifier: string) => Promise<unknown>): Promise<void> {
    const isClean = this.isOver();
    const { used, resolved } = this.around;
    const { stops, graph = [] } = this.plan;
    const isPossible = stops !== undefined && used !== undefined && resolved !== undefined && isClean;
    const linked = isPossible ? await linkAhead({ stops, graph, resolved, used }, importModule) : undefined;
    const { changed = [] } = this.wait(linked?.ran);
    linked?.forget(changed);
  }

  /** All is loaded that is to be. False: what must not. */
  private isOver(): boolean {
    this.observer.end();
    this.endMain();
    const isClean = this.observer.offences.size === 0;
    // Who replaced something might see it.
    if (this.replaced.length === 0 && isClean) rehearseRequest().catch(() => undefined);
    return isClean;
  }

  /** Blocks. */
  private wait(ahead?: RanAhead): StandbyRelease {
    if (this.modules.length > 0 || ahead !== undefined) collectGarbage();
    const own: NodeStandbyReport = {
      offences: [...this.observer.offences.values()],
      replaced: this.replaced,
    };
    const report: StandbyReport = {
      type: 'warm',
      modules: this.modules.length === 0 && ahead === undefined ? 0 : Object.keys(require.cache).length,
      memory: process.memoryUsage.rss(),
      own,
      ahead,
    };
    this.endPoliteness(); // who waits needs no core, and is to be there at once
    writeSync(this.fd, `${JSON.stringify(report)}\n`);
    if (ahead === undefined && this.observer.offences.size === 0) this.around.meets();
    const release = untilReleased(this.fd, ahead === undefined ? endUnused : endUnheard);
    closeSync(this.fd);
    const record: Released = { released: release };
    writeFileSync(this.planFile, JSON.stringify(record));
    this.around.released(release);
    return release;
  }
}

/** What becomes of a plan: whoever comes later, as what a watcher starts again, has nothing to wait for. */
interface Released {
  readonly released: StandbyRelease;
}

function planOf({ own }: Standby): StandbyPlan | Released {
  const { plan } = own as NodeStandby;
  // The supervisor removes a plan once it is read: a second process of one standby only waits.
  if (!existsSync(plan)) return nothingToLoad;
  return JSON.parse(readFileSync(plan, 'utf8')) as StandbyPlan | Released;
}

/** What loading has left behind would be collected while somebody waits. V8's own flag, for a moment. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  try {
    (runInNewContext('gc') as () => void)();
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}

function replacedFunctions(plan: StandbyPlan): string[] {
  const now = fingerprints();
  return Object.entries(plan.functions)
    .filter(([name, source]) => now[name] !== undefined && now[name] !== source)
    .map(([name]) => name);
}

/** As `parent` would require it. */
function load(file: string, parent: object | undefined): void {
  (Module as unknown as { _load(file: string, parent: object | undefined): unknown })._load(file, parent);
}
