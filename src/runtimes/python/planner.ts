/** From what a Python server has loaded, and its standbys found out, to what the next standby imports. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ServerSpec } from '../../shared/spec.ts';
import type { LoadedReport } from '../protocol/messages.ts';
import type { StandbyReport } from '../protocol/standby.ts';
import type { Loads, PreparedStandby, StandbyFindings, StandbyPlanner } from '../runtime.ts';
import type { PythonGraph, PythonPlan, PythonStandby, PythonStandbyReport } from './own-words.ts';

/** Which the frameworks' programs and python-dotenv read. */
const environment = ['.env', '.flaskenv'];

export class PythonPlanner implements StandbyPlanner {
  private graph: PythonGraph | undefined;
  /** Module → what it does, found so far. */
  private readonly offences = new Map<string, string>();
  /** With what leads to them. */
  private readonly leftOut = new Set<string>();
  /** By modules while they load, found so far. */
  private readonly read = new Set<string>();
  /** What speaks against all of them. */
  private against: readonly string[] = [];

  learn({ own }: LoadedReport): void {
    this.graph = own as PythonGraph;
  }

  consumes({ cwd }: ServerSpec, loads: Loads): string[] {
    if (this.graph === undefined) return [];
    const { executable, prefix, folders, files } = this.graph;
    const always = [executable, path.join(prefix, 'pyvenv.cfg'), ...folders];
    const inFolder = environment.map((name) => path.join(cwd, name));
    return [...always, ...inFolder, ...(loads === 'nothing' ? [] : [...files, ...this.read])];
  }

  prepare(spec: ServerSpec, folder: string, loads: Loads): PreparedStandby | undefined {
    if (this.graph === undefined || loads === 'ahead') return undefined;
    const { argv, executable, modules, variables, shared, replaced } = this.graph;
    const isBare = loads === 'nothing' || this.against.length > 0;
    const except = new Set([...this.leftOut, ...spec.standbyExcept]);
    const plan: PythonPlan = {
      modules: isBare ? [] : modules,
      leftOut: [...except],
      variables,
      shared,
      replaced,
    };
    const file = path.join(folder, `standby-${randomBytes(6).toString('hex')}.json`);
    writeFileSync(file, JSON.stringify(plan));
    const own: PythonStandby = { argv, executable, plan: file };
    return { own, files: [file] };
  }

  heard({ own }: StandbyReport): StandbyFindings {
    const { offences, leading, read, against } = own as PythonStandbyReport;
    for (const [module, does] of Object.entries(offences)) this.offences.set(module, does);
    const known = new Set([...(this.graph?.files ?? []), ...this.read]);
    const unknown = read.filter((file) => !known.has(file));
    const wanting = [...Object.keys(offences), ...leading].filter((module) => !this.leftOut.has(module));
    for (const module of wanting) this.leftOut.add(module);
    for (const file of unknown) this.read.add(file);
    if (against.length > 0) this.against = against;
    const isClean = wanting.length === 0 && unknown.length === 0 && against.length === 0;
    return { clean: isClean, leftOut: this.told() };
  }

  private told(): string[] {
    if (this.against.length > 0) return [`all packages (${this.against.join(', ')})`];
    return [...this.offences].map(([module, does]) => `${module} (${does})`);
  }
}
