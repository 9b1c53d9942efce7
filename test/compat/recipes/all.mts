import type { Recipe } from '../recipe.mts';
import { apps } from './apps.mts';
import { builds } from './builds.mts';
import { commands } from './commands.mts';
import { data } from './data.mts';
import { finished } from './finished.mts';
import { generated } from './generated.mts';
import { large } from './large.mts';
import { processes } from './processes.mts';
import { streams } from './streams.mts';
import { templates } from './templates.mts';
import { workspaceRows } from './workspaces.mts';

/** In the order of the matrix. */
export const recipes: readonly Recipe[] = [
  ...generated,
  ...templates,
  ...finished,
  ...large,
  ...apps,
  ...streams,
  ...processes,
  ...data,
  ...builds,
  ...commands,
  ...workspaceRows,
];
