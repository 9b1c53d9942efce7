import fs from 'node:fs';
import path from 'node:path';
import { cacheDir } from '../../tools/cache.mts';
import { say } from '../../bench/measure/say.mts';
import type { RowResult } from '../figures/result.mts';
import { makeProject } from '../projects/make.mts';
import { withService } from '../projects/services.mts';
import type { Recipe } from '../recipe.mts';
import { versions } from '../versions.mts';
import { measureRow } from './row.mts';
import { Site } from './site.mts';
import { tail } from './tail.mts';

/** From nothing to figures; what goes wrong is in the result. */
export async function runRow(recipe: Recipe): Promise<RowResult> {
  const about = {
    name: recipe.name,
    title: recipe.title ?? recipe.name,
    version: versionOf(recipe),
    command: recipe.command.replace(/\{port\d?\}/g, '…'),
    at: new Date().toISOString(),
    ...(recipe.notPromised === undefined ? {} : { notPromised: recipe.notPromised }),
  };
  try {
    say(`${recipe.name}: fetched or made`);
    const project = await makeProject(recipe.name, recipe.project);
    say(`${recipe.name}: started`);
    return await withService(recipe.needs, async (services) => {
      const site = await Site.open(recipe, project, services);
      try {
        const script = scriptOf(recipe.command, project);
        return { ...about, ...script, measured: site.withoutPaths(await measureRow(recipe, site)) };
      } finally {
        keepLogs(recipe.name, site);
        site.remove();
      }
    });
  } catch (error) {
    return { ...about, problem: (error as Error).message.replaceAll(cacheDir, '') };
  }
}

function versionOf({ shown, project: { packed, generator, adds } }: Recipe): string {
  const of = shown ?? packed ?? generator?.packages[0] ?? adds?.[0] ?? '';
  return (versions as Readonly<Record<string, string>>)[of] ?? '';
}

/** What is behind `npm run dev`. */
function scriptOf(command: string, project: string): { script?: string } {
  const name = /^(?:npm|yarn|pnpm)(?: run)? ([\w:]+)$/.exec(command)?.[1];
  const file = path.join(project, 'package.json');
  if (name === undefined || !fs.existsSync(file)) return {};
  const { scripts = {} } = JSON.parse(fs.readFileSync(file, 'utf8')) as { scripts?: Record<string, string> };
  const script = scripts[name];
  return script === undefined ? {} : { script };
}

/** Bytes; some servers tell an error for ever. */
const mostLog = 10_000_000;

/** `COMPAT_LOGS`: a folder for what the servers printed. */
function keepLogs(name: string, site: Site): void {
  const logs = process.env['COMPAT_LOGS'];
  if (logs === undefined) return;
  fs.mkdirSync(logs, { recursive: true });
  for (const log of ['bare.log', 'hot.log', 'events.jsonl']) {
    fs.writeFileSync(path.join(logs, `${name}.${log}`), tail(path.join(site.root, log), mostLog));
  }
}
