/** Files that decide what a Node server loads and how, whatever it loads. */
import path from 'node:path';

/** Beside the server, and above it: what decides which dependencies there are, and how they are loaded. */
const names = [
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  '.npmrc',
  '.pnp.cjs',
  'tsconfig.json',
  'node_modules/.package-lock.json',
  'node_modules/.modules.yaml',
  'node_modules/.yarn-integrity',
  'node_modules/.yarn-state.yml',
];
/** Beside the server only. */
export const environment = ['.env', '.env.local', '.env.development', '.env.development.local'];

/** Files that count for a server in `cwd`; most of them do not exist. */
export function configurationOf(cwd: string): string[] {
  return [...environment.map((name) => path.join(cwd, name)), ...manifestsOf(cwd)];
}

/** Those of them that say which dependencies there are. */
export function manifestsOf(cwd: string): string[] {
  const files: string[] = [];
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    for (const name of names) files.push(path.join(folder, name));
    if (folder === path.dirname(folder)) return files;
  }
}

/**
 * `dotenv -e config/dev.env`, `export $(cat .env.dev | xargs)`, `. ./env.sh`, `./dev.sh`: words of a command that are
 * files with variables, or with more commands.
 */
export function filesOfAShell(command: string): string[] {
  if (!command.includes('env') && !command.includes('sh')) return [];
  const words = command.split(/[\s"'`()$|;&<>=]+/);
  return words.filter((word) =>
    /(?:^|[./])(?:[\w-]*\.env|env\.[\w-]+|\.env(?:\.[\w.-]+)?|\.env[\w-]*)$|[^./]\.(?:ba|z)?sh$/.test(word),
  );
}

/** All that a server's command names so, by flags or otherwise. */
export function filesNamedIn(command: string | readonly string[], cwd: string): string[] {
  const words = typeof command === 'string' ? command.split(/\s+/) : command;
  const named = words.flatMap((word) => filesOfAShell(word)).map((file) => path.resolve(cwd, file));
  return [...environmentFilesOf(words, cwd), ...named];
}

/** `node --env-file=x`, `--env-file-if-exists x`. */
export function environmentFilesOf(flags: readonly string[], cwd: string): string[] {
  return flags.flatMap((flag, i) => {
    const [, joined] = /^--env-file(?:-if-exists)?=(.*)$/.exec(flag) ?? [];
    const file = joined ?? (/^--env-file(?:-if-exists)?$/.test(flag) ? flags[i + 1] : undefined);
    return file === undefined ? [] : [path.resolve(cwd, file)];
  });
}
