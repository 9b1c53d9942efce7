/** Whether two generations can be up together, by what they do with files. */
import path from 'node:path';
import type { ServerSpec } from '../../shared/spec.ts';
import type { UsedFiles } from '../generations/generation.ts';
import type { Server } from '../servers/server.ts';

/** A dev server makes some itself (routes, types), and takes them up whoever wrote them. */
const sources = /\.(?:[cm]?[jt]sx?|vue|svelte|css)$/;

/** Who watches what it writes takes what another generation writes for somebody else's, and begins anew. */
export function watchedByItsWriter(generations: readonly UsedFiles[]): string | undefined {
  return generations.flatMap(({ shared }) => [...shared]).find((file) => !sources.test(file));
}

/** `used`: by its generations. From here on there is one at a time if two would get in each other's way. */
export function keepApart(server: Server, { cwd, overlap }: ServerSpec, used: readonly UsedFiles[]): void {
  const file = overlap ? watchedByItsWriter(used) : undefined;
  if (file === undefined || server.decisions.state.exclusive === true) return;
  server.decisions.input({ type: 'exclusive' });
  const message = `it watches ${path.relative(cwd, file)}, and writes it: two generations would undo each other's work. From now on the older one ends first, and connections wait.`;
  server.emit({ event: 'notice', level: 'info', message });
}
