/** What the supervisor takes from outside, so that tests can give it other clocks and folders. */
import type { Clock } from '../../shared/clock.ts';
import type { Unsaved } from '../changes/unsaved.ts';

export interface Environment {
  readonly clock: Clock;
  /** Private folder of this supervisor: control socket, side doors. */
  readonly folder: string;
  /** Bundled Node preload. */
  readonly preload: string;
  /** What editors have not saved, whatever server it is of. */
  readonly unsaved: Unsaved;
}
