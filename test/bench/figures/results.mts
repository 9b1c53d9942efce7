import type { Bystanders } from '../measure/bystanders.mts';
import type { FrontCost } from '../measure/front.mts';
import type { Leftovers } from '../measure/leftovers.mts';
import type { Limit } from '../measure/limits.mts';
import type { Quiet } from '../measure/quiet.mts';
import type { SelfCheck } from '../measure/selfCheck.mts';
import type { Rounds } from '../measure/throughput.mts';
import type { Check } from './check.mts';
import type { Spread } from './stats.mts';
import type { Summary } from './summary.mts';

/** What a run found; the JSON file is exactly this. */
export interface Results {
  startedAt: string;
  minutes: number;
  versions: Record<string, string>;
  rate: number;
  edits: number;
  /** What of a whole run was not asked for. */
  leftOut: string[];
  /** False if somebody built hot-swap in the middle of the run. */
  sameBuild: boolean;
  /** Whether this build of hot-swap keeps a standby. */
  standby: boolean;
  selfCheck: SelfCheck;
  apps: App[];
  leftovers: Leftovers[];
  bystanders?: Bystanders;
  front?: FrontCost;
  limits?: Limit[];
  checks: Check[];
}

export interface App {
  sample: string;
  title: string;
  /** All that were measured. */
  coldBootMs: Spread;
  peers: Contender[];
  /** Bare, bare again, and hot-swap, until the ratio is known to a hundredth. */
  throughput: Rounds[];
  /** Bare, bare again, and everybody else: coarse. */
  throughputOfPeers: Rounds[];
}

/** One peer with one app. */
export interface Contender {
  peer: string;
  title: string;
  /** Why it was not run. */
  missing?: string;
  /** Of the app without a tool and without load, just before this peer and just after it. */
  coldBootMs?: Spread;
  summary?: Summary;
  quiet?: Quiet;
}

export function contender(app: App, peer: string): Contender | undefined {
  return app.peers.find((one) => one.peer === peer);
}

/** What the same boot took without a tool, in ms. */
export function coldBootOf({ coldBootMs }: Contender): number {
  return coldBootMs?.median ?? NaN;
}

/** Median requests a second ÷ bare, by whichever of the two measurements has this peer. */
export function roundsOf(app: App, peer: string): { rounds: Rounds; base: Rounds } | undefined {
  for (const [base, ...others] of [app.throughput, app.throughputOfPeers]) {
    const rounds = others.find(({ name }) => name === peer);
    if (base && rounds) return { rounds, base };
  }
  return undefined;
}
