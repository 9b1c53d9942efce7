/** Makes the folders of servers, each once, in the cache of the tests. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { cacheDir, locked } from '../../tools/cache.mts';
import { npmPackages } from '../../tools/npm-packages.mts';
import { fill, type Project } from '../recipe.mts';
import { pinned } from '../versions.mts';
import { packageManagers, pnpmStore, runQuietly } from './programs.mts';

/** Changes when the same project would be made in another way. */
const madeBy = 1;
const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];

/** Path of the made folder; not to be changed. */
export async function makeProject(name: string, project: Project): Promise<string> {
  const names = [project.packed ?? [], project.generator?.packages ?? [], project.adds ?? []].flat();
  const content = JSON.stringify([madeBy, project, names.map(pinned)]);
  const key = createHash('sha1').update(content).digest('hex').slice(0, 8);
  const home = path.join(cacheDir, `compat-${name}-${key}`);
  const stamp = path.join(home, 'made');
  if (!fs.existsSync(stamp)) {
    await locked(`compat-${name}`, async () => {
      if (fs.existsSync(stamp)) return;
      removeOlder(name, home);
      await make(name, project, path.join(home, 'app'));
      fs.writeFileSync(stamp, content);
    });
  }
  return path.join(home, 'app');
}

/** What was made of an earlier version of the recipe. */
function removeOlder(name: string, home: string): void {
  const same = new RegExp(`^compat-${name}-[0-9a-f]{8}$`);
  const older = fs.readdirSync(cacheDir).filter((entry) => same.test(entry));
  for (const entry of [...older, path.basename(home)]) {
    fs.rmSync(path.join(cacheDir, entry), { recursive: true, force: true });
  }
}

async function make(name: string, project: Project, folder: string): Promise<void> {
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const env = await packageManagers();
  if (project.generator !== undefined) await generate(name, project.generator, path.dirname(folder));
  fs.mkdirSync(folder, { recursive: true });
  if (project.packed !== undefined) await unpack(pinned(project.packed), folder);
  for (const [file, content] of Object.entries(project.files ?? {})) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), content);
  }
  await install(project, folder, env);
  for (const [program, ...args] of project.then ?? []) await runQuietly(program!, args, folder, env);
}

async function unpack(wanted: string, folder: string): Promise<void> {
  await runQuietly('npm', ['pack', '--silent', '--pack-destination', folder, wanted], folder);
  const archive = fs.readdirSync(folder).find((file) => file.endsWith('.tgz'))!;
  await runQuietly('tar', ['-xzf', archive, '--strip-components=1', '--no-same-owner'], folder);
  fs.rmSync(path.join(folder, archive));
  // Those who develop it have these; who only starts it has no use for them, and its scripts are not for us.
  const file = path.join(folder, 'package.json');
  const about = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
  delete about['devDependencies'];
  fs.writeFileSync(file, `${JSON.stringify(about, undefined, 2)}\n`);
}

async function generate(
  name: string,
  { packages, run }: NonNullable<Project['generator']>,
  parent: string,
): Promise<void> {
  const modules = await npmPackages(`compat-make-${name}`, packages.map(pinned));
  const env = await packageManagers();
  const found = { ...env, PATH: `${path.join(modules, '.bin')}${path.delimiter}${env['PATH'] ?? ''}` };
  for (const [program, ...args] of run) {
    await runQuietly(
      program!,
      args.map((arg) => fill(arg, { modules })),
      parent,
      found,
    );
  }
}

async function install(project: Project, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (!fs.existsSync(path.join(folder, 'package.json'))) return;
  const adds = (project.adds ?? []).map(pinned);
  const by = project.by ?? 'npm';
  if (by === 'npm') {
    const omit = project.packed === undefined ? [] : ['--omit=dev'];
    const args = ['install', '--ignore-scripts', '--legacy-peer-deps', ...omit, ...quiet, ...adds];
    await runQuietly('npm', args, folder, env);
    for (const one of project.compiles ?? []) {
      await runQuietly('npm', ['rebuild', '--foreground-scripts', ...quiet, one], folder, env);
    }
  } else {
    const how = ['--ignore-scripts', ...(by === 'pnpm' ? ['--store-dir', pnpmStore] : ['--silent'])];
    await runQuietly(by, ['install', ...how], folder, env);
    if (adds.length > 0) await runQuietly(by, ['add', ...how, ...adds], folder, env);
  }
}
