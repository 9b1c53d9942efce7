/** What an invited process does before its own code runs. */
import type { Invitation } from '../../../protocol/messages.ts';
import type { StandbyRelease } from '../../../protocol/standby.ts';
import type { NodeStandby } from '../../own-words.ts';
import { carryThroughSpawns } from './chain.ts';
import { useCompileCache } from '../engine/compile-cache.ts';
import { compileEagerly } from '../standby/eager-compile.ts';
import { takeInvitation } from './invitation.ts';
import { keepJournal } from '../modules/keep-journal.ts';
import { showPast } from '../modules/past.ts';
import { interceptListen } from './listen.ts';
import { Ports } from './ports.ts';
import { refuseEarlyConnects } from '../as-alone/early-connects.ts';
import { loadServing } from './load-serving.ts';
import { watchEsModules } from '../modules/module-hooks.ts';
import { takeStart } from '../engine/start.ts';

/** Where standby.mjs, which can import what CommonJS can't, finds its work for a moment. */
const meeting = Symbol.for('hot-swap.standby');

/** What is said with a release is not known before. */
type Taken = Invitation & {
  generation: number;
  past?: string | undefined;
  debugged?: boolean | undefined;
};

/** `preloader`: in whose name Node requires it, as all that is to be loaded before the main module. */
export function takePart(preload: string, preloader: NodeJS.Module['parent']): void {
  const invitation = takeInvitation(process.env, preload);
  if (invitation === undefined) return;
  if (invitation.helps === true) {
    keepJournal(invitation);
    if (invitation.past !== undefined) showPast(invitation.doors, invitation.past);
    carryThroughSpawns(invitation, preload, () => true);
    return;
  }
  const { standby, debugged, ...others } = invitation;
  const waits = standby !== undefined && isFor(standby.own as NodeStandby);
  // What this process starts, once it is released, is no standby.
  const taken: Taken = { ...others, ...(waits ? {} : { standby, debugged }) };
  if (!waits) useCompileCache(taken.compileCache);
  const used = keepJournal(taken);
  if (taken.past !== undefined) showPast(taken.doors, taken.past);
  const ports = new Ports(taken);
  refuseEarlyConnects(taken, ports);
  const self = { resolved: watchEsModules(used, taken.journal), used, start: takeStart() };
  interceptListen(
    taken,
    self,
    ports,
    carryThroughSpawns(taken, preload, () => ports.isServing),
  );
  if (!waits) {
    beDebugged(taken);
    return;
  }
  const compileAsUsual = compileEagerly();
  let hasMet = false;
  const meets = (): void => {
    if (standby.debugged === true) hasMet = debugPort().meetDebugger(taken);
  };
  const released = ({ generation, past, debugged: isDebugged }: StandbyRelease): void => {
    taken.generation = generation;
    taken.debugged = isDebugged;
    taken.past = past;
    if (past !== undefined) showPast(taken.doors, past);
    compileAsUsual();
    useCompileCache(taken.compileCache);
    if (hasMet) debugPort().goneOn(taken);
    else beDebugged(taken);
  };
  const { standByRequiring, standByImporting } = loadServing();
  const around = { preloader, used, resolved: self.resolved, meets, released };
  if ((standby.own as NodeStandby).by === 'require') {
    standByRequiring(standby, around);
    return;
  }
  Object.defineProperty(globalThis, meeting, {
    configurable: true,
    value: async (importModule: (specifier: string) => Promise<unknown>) => {
      Reflect.deleteProperty(globalThis, meeting);
      await standByImporting(standby, around, importModule);
    },
  });
}

/** Costs nobody anything who is not. */
function beDebugged(taken: Taken): void {
  if (taken.debugged === true) debugPort().awaitDebugger(taken);
}

function debugPort(): typeof import('../engine/debug-port.ts') {
  return require('../engine/debug-port.ts') as typeof import('../engine/debug-port.ts');
}

function isFor({ main, flags }: NodeStandby): boolean {
  const { argv, execArgv } = process;
  return (
    argv[1] === main && flags.length === execArgv.length && flags.every((flag, i) => flag === execArgv[i])
  );
}
