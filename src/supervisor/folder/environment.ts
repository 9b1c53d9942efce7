/** What the supervisor takes from outside, so that tests can give it other clocks and folders. */
import type { Clock } from '../../shared/clock.ts';

export interface Environment {
  readonly clock: Clock;
  /** Private folder of this supervisor: control socket, side doors, what runtimes load. */
  readonly folder: string;
}
