/** What the next standby has to know about this process. */
import cluster from 'node:cluster';
import { realpathSync } from 'node:fs';
import { mainModule } from '../engine/internals.ts';
import type { LoadedReport } from '../../../protocol/messages.ts';
import type { ModuleGraph } from '../../own-words.ts';
import { fingerprints } from './function-slots.ts';
import type { LoadedFiles } from './loaded-files.ts';
import type { Start } from '../engine/start.ts';

export function moduleReport(loaded: LoadedFiles, start: Start): LoadedReport {
  const by = loaded.complete && importsFirst(start) && !preloadsOwnModules(start) ? 'import' : 'require';
  const own: ModuleGraph = {
    main: start.main ?? '',
    flags: start.flags,
    runtime: process.execPath,
    commonJsMain: mainModule() !== undefined,
    by,
    modules: loaded.graph(by === 'import', fileOf(start.main)),
    variables: changedVariables(start.env),
    reflect: Object.getOwnPropertyNames(Reflect),
    functions: fingerprints(),
  };
  return { unfit: unfit(start), own };
}

/** As modules are named: what it links to. */
function fileOf(main: string | undefined): string | undefined {
  try {
    return main === undefined ? undefined : realpathSync(main);
  } catch {
    return main; // it is named without its extension
  }
}

function unfit({ main, flags, options }: Start): string | undefined {
  if (main === undefined) return 'it has no main file';
  if (cluster.isWorker) return 'it is a worker of a cluster';
  if (flags.some(waitsByItself) || options.split(/\s+/).some(waitsByItself)) return 'it waits for a debugger';
  return undefined;
}

/**
 * Node would import what comes before the main module, and the main module itself, without us, too. A main module
 * that it requires is another if it is imported: in its `module.parent`, in the order in which its promises and ticks
 * come, and in that hooks for `require`, as of ts-node, do not see it.
 */
function importsFirst({ options, flags }: Start): boolean {
  if (mainModule() === undefined) return true;
  return [...options.split(/\s+/), ...flags].some((flag) =>
    /^--(?:import|loader|experimental-loader)\b/.test(flag),
  );
}

/** Of the others, who serves has the port: a standby finds it taken. */
function waitsByItself(flag: string): boolean {
  return /^--inspect-(?:brk|wait)/.test(flag);
}

/** Node runs them before `--import` gets its turn, but they are the app's: it must be asked to wait before them. */
function preloadsOwnModules({ options, flags }: Start): boolean {
  const all = [...options.split(/\s+/), ...flags];
  return all.some((flag, i) => {
    const [, joined] = /^(?:-r|--require)=(.*)$/.exec(flag) ?? [];
    const module = joined ?? (flag === '-r' || flag === '--require' ? all[i + 1] : undefined);
    return module !== undefined && /^["']?[./]/.test(module) && !module.includes('node_modules');
  });
}

function changedVariables(before: Readonly<Record<string, string | undefined>>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(process.env)]);
  return [...names].filter((name) => before[name] !== process.env[name]);
}
