/** What a process knows of itself before it takes part. */
import type { Start } from '../engine/start.ts';
import type { Resolved } from '../modules/module-hooks.ts';
import type { UsedFiles } from '../modules/used-files.ts';

export interface Self {
  /** ES modules so far; undefined where they are not seen. */
  readonly resolved: (() => readonly Resolved[]) | undefined;
  /** Undefined where nobody wants a journal. */
  readonly used: UsedFiles | undefined;
  readonly start: Start;
}
