/** From what a generation loaded to what its standby is to load. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { warmList } from './warm-list.ts';
import type { ModuleGraph, Offence, StandbyPlan } from '../protocol/messages.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import { configurationOf } from '../../supervisor/standby/consumed.ts';

export function planOf(
  spec: ServerSpec,
  graph: ModuleGraph,
  offences: ReadonlyMap<string, Offence>,
): Omit<StandbyPlan, 'warmUp'> {
  return {
    modules: warmList(graph, offences, spec.standbyExcept),
    variables: graph.variables,
    folder: spec.cwd,
    functions: graph.functions,
    commonJsMain: graph.commonJsMain,
    yields: yields(spec),
  };
}

/** Whoever stood by leaves the processors to its predecessor, which answers until it is ready. */
export function yields(spec: ServerSpec): boolean {
  return spec.duringBoot === 'serveOld';
}

/** Its TypeScript is compiled by a helper process that can be started ahead. */
export function compilesTypeScript({ flags, by }: ModuleGraph): boolean {
  return by === 'import' && flags.some((flag) => /[\\/]tsx[\\/]/.test(flag) || flag === 'tsx');
}

/** Every file whose change makes the standby another than a cold start would be. */
export function consumedBy({ cwd }: ServerSpec, { modules, runtime, flags }: ModuleGraph): string[] {
  const dependencies = modules.map(({ id }) => pathOf(id)).filter((file) => file.includes('node_modules'));
  const manifests = dependencies.map((file) => path.join(packageFolderOf(file) ?? '', 'package.json'));
  return [...configurationOf(cwd), runtime, ...environmentFiles(flags, cwd), ...dependencies, ...manifests];
}

/** `mongoose`, `@nestjs/core`, as the user's package.json has it. */
export function packageOf(module: string): string {
  const folder = packageFolderOf(pathOf(module));
  return folder?.replace(/.*node_modules[\\/]/s, '') ?? path.basename(pathOf(module));
}

function packageFolderOf(file: string): string | undefined {
  return /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/s.exec(file)?.[0];
}

/** `node --env-file=x`, `--env-file-if-exists x`. */
function environmentFiles(flags: readonly string[], cwd: string): string[] {
  return flags.flatMap((flag, i) => {
    const [, joined] = /^--env-file(?:-if-exists)?=(.*)$/.exec(flag) ?? [];
    const file = joined ?? (/^--env-file(?:-if-exists)?$/.test(flag) ? flags[i + 1] : undefined);
    return file === undefined ? [] : [path.resolve(cwd, file)];
  });
}

function pathOf(id: string): string {
  return id.startsWith('file:') ? fileURLToPath(id) : id;
}
