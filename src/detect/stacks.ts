/** Servers of a folder by what its files say, where neither package.json nor Python does: Procfile, deno.json, go.mod … */
import { join } from 'node:path';
import type { ReadFile } from './reading/files.ts';

export interface StackServer {
  readonly command: string;
  /** The file that gave it away, and why. */
  readonly found: string;
}

type Read = (file: string) => Promise<string | undefined>;

/** The surest first: who says how it is started comes before who only says in what it is written. */
const looks: readonly ((read: Read) => Promise<StackServer | undefined>)[] = [
  procfile,
  deno,
  bun,
  go,
  cargo,
  php,
  spring,
  phoenix,
  dotnet,
  nginx,
];

/** All that fit, the likeliest first. */
export async function findStackServers(folder: string, readFile: ReadFile): Promise<readonly StackServer[]> {
  const read: Read = (file) => readFile(join(folder, file));
  const all = await Promise.all(looks.map((look) => look(read)));
  return all.filter((one) => one !== undefined);
}

/** https://devcenter.heroku.com/articles/procfile: `web` is the one that gets PORT. */
async function procfile(read: Read): Promise<StackServer | undefined> {
  for (const file of ['Procfile.dev', 'Procfile']) {
    const [, command] = /^web:[ \t]*(\S.*)$/m.exec((await read(file)) ?? '') ?? [];
    if (command !== undefined) return { command: command.trim(), found: `web: in ${file}` };
  }
  return undefined;
}

async function deno(read: Read): Promise<StackServer | undefined> {
  for (const file of ['deno.json', 'deno.jsonc']) {
    const text = await read(file);
    if (text === undefined) continue;
    // A file with comments, of which only names of tasks are wanted.
    const tasks = /"tasks"\s*:\s*\{([^}]*)\}/.exec(text)?.[1] ?? '';
    for (const task of ['dev', 'start', 'serve'])
      if (new RegExp(`"${task}"\\s*:`).test(tasks))
        return { command: `deno task ${task}`, found: `task ${task} in ${file}` };
    for (const main of ['main.ts', 'server.ts', 'mod.ts']) {
      const source = await read(main);
      if (source?.includes('Deno.serve') === true)
        return { command: `deno run -A ${main}`, found: `Deno.serve in ${main}` };
      if (source !== undefined && /export default\s*\{[^]*\bfetch\b/.test(source))
        return { command: `deno serve ${main}`, found: `fetch in ${main}` };
    }
  }
  return undefined;
}

async function bun(read: Read): Promise<StackServer | undefined> {
  if (((await read('bunfig.toml')) ?? (await read('bun.lock'))) === undefined) return undefined;
  for (const main of ['index.ts', 'server.ts', 'src/index.ts', 'src/server.ts', 'index.js'])
    if (/\bBun\.serve\b|export default\s*\{[^]*\bfetch\b/.test((await read(main)) ?? ''))
      return { command: `bun run ${main}`, found: `Bun.serve in ${main}` };
  return undefined;
}

const goServes = /\bListenAndServe\b|\bhttp\.Serve\b|\bgin\.|\becho\.New\b|\bfiber\.New\b|\bchi\.NewRouter\b/;

async function go(read: Read): Promise<StackServer | undefined> {
  const module = await read('go.mod');
  if (module === undefined) return undefined;
  const [, name = ''] = /^module\s+\S*?([^/\s]+)\s*$/m.exec(module) ?? [];
  for (const folder of ['.', './cmd/server', './cmd/web', './cmd/api', `./cmd/${name}`]) {
    const source = await read(join(folder, 'main.go'));
    if (source !== undefined && /^package main$/m.test(source) && (folder !== '.' || goServes.test(source)))
      return { command: `go run ${folder}`, found: `main.go in ${folder} of go.mod` };
  }
  return undefined;
}

async function cargo(read: Read): Promise<StackServer | undefined> {
  const manifest = await read('Cargo.toml');
  const [, framework] = /^(axum|actix-web|rocket|warp|hyper|tide|poem|salvo)\b/m.exec(manifest ?? '') ?? [];
  return framework === undefined ? undefined : { command: 'cargo run', found: `${framework} in Cargo.toml` };
}

async function php(read: Read): Promise<StackServer | undefined> {
  if ((await read('artisan')) !== undefined)
    return { command: 'php -S localhost:8000 -t public', found: 'artisan (Laravel)' };
  for (const [folder, flag] of [
    ['public', ' -t public'],
    ['.', ''],
  ] as const)
    if ((await read(join(folder, 'index.php'))) !== undefined)
      return { command: `php -S localhost:8000${flag}`, found: join(folder, 'index.php') };
  return undefined;
}

async function spring(read: Read): Promise<StackServer | undefined> {
  const maven = await read('pom.xml');
  if (maven?.includes('spring-boot-maven-plugin') === true) {
    const program = (await read('mvnw')) === undefined ? 'mvn' : './mvnw';
    return { command: `${program} spring-boot:run`, found: 'Spring Boot in pom.xml' };
  }
  for (const file of ['build.gradle', 'build.gradle.kts'])
    if (/org\.springframework\.boot/.test((await read(file)) ?? '')) {
      const program = (await read('gradlew')) === undefined ? 'gradle' : './gradlew';
      return { command: `${program} bootRun`, found: `Spring Boot in ${file}` };
    }
  return undefined;
}

async function phoenix(read: Read): Promise<StackServer | undefined> {
  return /:phoenix\b/.test((await read('mix.exs')) ?? '')
    ? { command: 'mix phx.server', found: 'phoenix in mix.exs' }
    : undefined;
}

/** The project file has the folder's name, which is not known here; a web app has these beside it. */
async function dotnet(read: Read): Promise<StackServer | undefined> {
  const program = await read('Program.cs');
  return program?.includes('WebApplication.Create') === true
    ? { command: 'dotnet run --no-launch-profile', found: 'WebApplication in Program.cs' }
    : undefined;
}

async function nginx(read: Read): Promise<StackServer | undefined> {
  return (await read('nginx.conf')) === undefined
    ? undefined
    : { command: "nginx -p . -c nginx.conf -g 'daemon off;'", found: 'nginx.conf' };
}
