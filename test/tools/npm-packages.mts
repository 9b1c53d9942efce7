/** Packages that not everybody needs who installs the project: kept in the cache folder, not in `devDependencies`. */
import { createHash } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir, locked, run } from './cache.mts';

/**
 * Path of a `node_modules` with these (`koa@3`, `express4@npm:express@4`), as npm has them at the first use.
 * `program`: one of theirs, relative to that, which must run here before they count as installed.
 */
export async function npmPackages(
  name: string,
  packages: readonly string[],
  program?: string,
): Promise<string> {
  const list = [...packages].sort().join('\n');
  const home = join(cacheDir, `${name}-${createHash('sha1').update(list).digest('hex').slice(0, 8)}`);
  const modules = join(home, 'node_modules');
  const stamp = join(home, 'installed');
  const installed = () =>
    stat(stamp).then(
      () => true,
      () => false,
    );
  if (!(await installed())) {
    await locked(name, async () => {
      if (await installed()) return;
      await rm(home, { recursive: true, force: true });
      await mkdir(home, { recursive: true });
      await writeFile(join(home, 'package.json'), '{"private":true}');
      const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
      await run('npm', ['install', ...quiet, ...packages], { cwd: home });
      if (program !== undefined) await run(join(modules, program), ['--version']);
      await writeFile(stamp, list);
    });
  }
  return modules;
}
