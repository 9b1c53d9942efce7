/** What is known of a server's generations, from which its runtime plans what waits for the next one. */
import type { Runtime, StandbyPlanner } from '../../runtimes/runtime.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { Generation, LoadedAnswer } from '../generations/generation.ts';
import { namedBeside } from '../processes/beside.ts';
import type { StandbyOrder } from './standby-process.ts';

interface Planned {
  readonly runtime: Runtime;
  readonly planner: StandbyPlanner;
  /** Fingerprint of what the planner knows. */
  readonly dependencies: string;
  readonly besides: ReadonlySet<string>;
  /** Of another one the plan would hold back nothing. */
  readonly command: string;
}

export class Planning {
  private planned: Planned | undefined;

  /** Resolves to why there can be no standby, if so, and to false where that is not known. */
  async learn(
    { runtime, peers, serverPid, tree }: Generation,
    { command }: ServerSpec,
    { dependencies, used }: LoadedAnswer,
  ): Promise<{ readonly unfit: string } | boolean> {
    if (peers.size > 1) {
      this.planned = undefined;
      return { unfit: 'several of its processes serve' };
    }
    if (dependencies === undefined) return false;
    const besides = used.byWrappers;
    const line = JSON.stringify(command);
    if (this.planned?.dependencies === dependencies && this.planned.command === line) {
      this.planned = { ...this.planned, besides };
      return true;
    }
    const planner = this.planned?.runtime === runtime ? this.planned.planner : runtime.planner?.();
    const report = planner === undefined ? undefined : await peers.modules();
    if (planner === undefined || report === undefined) return false;
    const beside = await namedBeside(serverPid, command, () => tree.command.members());
    const unfit = report.unfit ?? (beside && `its command runs ${beside} beside it, which is to run once`);
    if (unfit !== undefined) {
      this.planned = undefined;
      return { unfit };
    }
    planner.learn(report);
    this.planned = { runtime, planner, dependencies, besides, command: line };
    return true;
  }

  get planner(): StandbyPlanner | undefined {
    return this.planned?.planner;
  }

  /** Undefined before anything was learned. */
  order(spec: ServerSpec): StandbyOrder | undefined {
    if (this.planned?.command !== JSON.stringify(spec.command)) return undefined;
    const { runtime, planner, besides } = this.planned;
    return { spec, runtime, planner, besides };
  }
}
