/** What the Generations view shows, as data. Pure: generations-view.ts makes it the editor's. */
import type { ServerRef } from '../servers/server-ref.ts';

export interface Icon {
  /** Of the editor's product icons. */
  readonly id: string;
  /** Of its theme's colours. */
  readonly color?: string;
}

/** Menus tell rows apart by it: `viewItem` in package.json. */
export type RowKind =
  | 'server.off'
  | 'server.running'
  | 'server.failed'
  | 'generation'
  | 'generation.serving'
  | 'request'
  | 'standby'
  | 'note'
  | 'swaps'
  | 'swap'
  | 'swap.failed';

/** A row is its server's, so that it may be given to any command of a server. */
export interface Row extends ServerRef {
  /** The same from one look to the next. */
  readonly id: string;
  readonly kind: RowKind;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon?: Icon;
  /** What a screen reader says, whole. */
  readonly spoken: string;
  readonly children?: readonly Row[];
  /** Whether it shows them at first. */
  readonly open?: boolean;
  readonly generation?: number;
  readonly request?: number;
  /** What Enter and a click do. */
  readonly does?: 'goToError' | 'showTimeline';
}
