/** From what generations loaded, and standbys found out, to what the next standby is to load. */
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { standbyYields } from '../../shared/spec.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { LoadedReport } from '../protocol/messages.ts';
import type { StandbyReport } from '../protocol/standby.ts';
import type { Loads, PreparedStandby, StandbyFindings, StandbyPlanner } from '../runtime.ts';
import { configurationOf, environmentFilesOf, filesNamedIn, manifestsOf } from './configuration.ts';
import { pathOf } from './own-words.ts';
import type { ModuleGraph, NodeStandby, NodeStandbyReport, Offence, StandbyPlan } from './own-words.ts';
import { beforeApp, warmList } from './warm-list.ts';
import type { WarmList } from './warm-list.ts';

/** In a folder among the dependencies that no package is in. */
const hidden = /[\\/]node_modules[\\/]\.(?!pnpm[\\/])/;

/** Modules of the app. Where they are fewer, it gains more from what it does before those that are being worked on. */
const fewestApart = 100;

export class NodePlanner implements StandbyPlanner {
  private graph: ModuleGraph | undefined;
  /** Found so far, by module's path. */
  private readonly offences = new Map<string, Offence>();

  learn({ own }: LoadedReport): void {
    this.graph = own as ModuleGraph;
  }

  consumes({ cwd, command }: ServerSpec, loads: Loads): string[] {
    if (this.graph === undefined) return [];
    const { modules, runtime, flags } = this.graph;
    const loaded = loads === 'nothing' ? [] : modules.filter(({ own }) => !own);
    const dependencies = loaded.map(({ id }) => pathOf(id)).filter((file) => file.includes('node_modules'));
    const manifests = dependencies.map((file) => path.join(packageFolderOf(file) ?? '', 'package.json'));
    return [
      ...configurationOf(cwd),
      runtime,
      ...environmentFilesOf(flags, cwd),
      ...filesNamedIn(command, cwd),
      ...dependencies,
      ...manifests,
    ];
  }

  prepare(
    spec: ServerSpec,
    folder: string,
    loads: Loads,
    hot: readonly string[] = [],
  ): PreparedStandby | undefined {
    if (this.graph === undefined) return undefined;
    const { main, flags, by, commonJsMain } = this.graph;
    const stops = loads === 'ahead' ? stopsOf(this.graph, hot) : undefined;
    if (loads === 'ahead' && (stops === undefined || !(commonJsMain || by === 'import'))) return undefined;
    const id = randomBytes(6).toString('hex');
    const plan = path.join(folder, `standby-${id}.json`);
    const files = [plan];
    let warmUp = {};
    if (compilesTypeScript(this.graph)) {
      // Its content is new, so that no cache of the compiler has it.
      const typeScript = path.join(folder, `standby-${id}.mts`);
      writeFileSync(typeScript, `export const id: string = '${id}';\n`);
      files.push(typeScript);
      warmUp = { warmUp: pathToFileURL(typeScript).href };
    }
    const whole: StandbyPlan = {
      ...this.planOf(spec, this.graph, loads),
      ...warmUp,
      stops,
      graph: stops && this.graph.modules,
      apartFirst: stops && hasMany(this.graph.modules),
    };
    writeFileSync(plan, JSON.stringify(whole));
    const own: NodeStandby = { main, flags, by, plan };
    return { own, files };
  }

  heard({ own }: StandbyReport): StandbyFindings {
    const { offences, replaced } = own as NodeStandbyReport;
    for (const offence of offences) this.offences.set(pathOf(offence.module), offence);
    const leftOut = this.leftOut();
    if (replaced.length > 0) leftOut.add(`all packages (the app replaces ${replaced.join(', ')})`);
    return { clean: offences.length === 0, leftOut: [...leftOut] };
  }

  /** Those that can be asked are not left out, but ES modules that import them are. */
  private leftOut(): Set<string> {
    const lasting = [...this.offences.values()].filter(({ canBeAsked }) => canBeAsked !== true);
    const leftOut = new Set(lasting.map(({ module, does }) => `${packageOf(module)} (${does})`));
    const { without = [] } = this.graph === undefined ? {} : this.warmList(this.graph, []);
    for (const { id, needs } of without) {
      if (packageOf(id) === packageOf(needs)) continue; // only its face for ES modules is
      const does = this.offences.get(pathOf(needs))?.does ?? '';
      leftOut.add(`${packageOf(id)} (imports ${packageOf(needs)}, which ${does})`);
    }
    return leftOut;
  }

  private warmList(graph: ModuleGraph, except: readonly string[]): WarmList {
    return warmList(graph, (id) => this.offences.get(pathOf(id)), except, pathOf);
  }

  /** What a bundler has written for itself to load may be gone: Vite's compiled configuration is. */
  private modulesOf(
    { standbyExcept }: ServerSpec,
    graph: ModuleGraph,
  ): Pick<StandbyPlan, 'modules' | 'asked'> {
    const { modules, asked } = this.warmList(graph, standbyExcept);
    return { modules: modules.filter((id) => !hidden.test(id) || existsSync(pathOf(id))), asked };
  }

  private planOf(spec: ServerSpec, graph: ModuleGraph, loads: Loads): StandbyPlan {
    return {
      ...(loads === 'nothing' ? { modules: [], asked: [] } : this.modulesOf(spec, graph)),
      variables: graph.variables,
      consumed: manifestsOf(spec.cwd),
      functions: graph.functions,
      reflect: graph.reflect,
      beforeApp: beforeApp(graph),
      commonJsMain: graph.commonJsMain,
      yields: standbyYields(spec),
    };
  }
}

function hasMany(modules: ModuleGraph['modules']): boolean {
  return modules.filter(({ own }) => own).length >= fewestApart;
}

/**
 * Where an app waits that is run ahead. Nothing is gained where the main file is the one that is being worked on; if it
 * was before, others are worth more than that. Where it has many modules, they are evaluated apart. Of ES modules, all others
 * are linked. Undefined: nowhere.
 */
function stopsOf(
  { modules, commonJsMain }: ModuleGraph,
  hot: readonly string[],
): readonly string[] | undefined {
  if (!commonJsMain) return hot.length === 0 ? undefined : hot;
  const isMain = (file: string): boolean =>
    modules.some(({ id, isMain }) => isMain === true && pathOf(id) === file);
  const [latest] = hot;
  if (latest === undefined || (isMain(latest) && !hasMany(modules))) return undefined;
  return hot.filter((file) => !isMain(file));
}

/** Its TypeScript is compiled by a helper process that can be started ahead. */
function compilesTypeScript({ flags, by }: ModuleGraph): boolean {
  return by === 'import' && flags.some((flag) => /[\\/]tsx[\\/]/.test(flag) || flag === 'tsx');
}

/** `mongoose`, `@nestjs/core`, as the user's package.json has it. */
function packageOf(module: string): string {
  const folder = packageFolderOf(pathOf(module));
  return folder?.replace(/.*node_modules[\\/]/s, '') ?? path.basename(pathOf(module));
}

function packageFolderOf(file: string): string | undefined {
  return /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/s.exec(file)?.[0];
}
