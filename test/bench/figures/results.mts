import type { SelfCheck } from '../measure/selfCheck.mts';
import type { Rounds } from '../measure/throughput.mts';
import type { Spread } from './stats.mts';
import type { Summary } from './summary.mts';
import type { Check } from './verdict.mts';

/** What a run found; the JSON file is exactly this. */
export interface Results {
  startedAt: string;
  versions: Record<string, string>;
  rate: number;
  edits: number;
  /** False if somebody built hot-swap in the middle of the run. */
  sameBuild: boolean;
  coldBootMs: Spread;
  selfCheck: SelfCheck;
  peers: Summary[];
  throughput: { sample: string; rounds: Rounds[] }[];
  checks: Check[];
}
