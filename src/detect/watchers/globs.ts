/**
 * What a watcher is told to watch besides code, and what to leave alone. Of code it is known what the server loads; who
 * names templates, schemas or a folder knows of others.
 */
import { join } from 'node:path';
import { isCode } from '../../runtimes/registry.ts';
import { unmatched } from '../reading/shell.ts';
import type { WatcherGlobs } from '../../shared/spec.ts';

/** `endings`: of files that count where `watched` names folders; undefined: of any. */
export function globsOf(
  watched: readonly string[],
  endings: readonly string[] | undefined,
  ignored: readonly string[],
): WatcherGlobs | undefined {
  const others = endings
    ?.map((ending) => ending.replace(/^\./, ''))
    .filter((ending) => !isCodeEnding(ending));
  const watch = watched.flatMap((one) => watchedBy(withoutDot(one), others));
  const ignore = ignored.flatMap((one) => ignoredBy(withoutDot(one)));
  return watch.length + ignore.length === 0 ? undefined : { watch, ignore };
}

/** As seen from another folder. */
export function below(folder: string, { watch, ignore }: WatcherGlobs): WatcherGlobs {
  const from = (glob: string): string => (glob.startsWith('**/') ? glob : join(folder, glob));
  return { watch: watch.map((glob) => join(folder, glob)), ignore: ignore.map(from) };
}

const noCode = '!(*.{js,mjs,cjs,jsx,ts,mts,cts,tsx,json})';

function watchedBy(named: string, endings: readonly string[] | undefined): readonly string[] {
  const ending = /\.([\w-]+)$/.exec(named)?.[1];
  if (ending !== undefined) return isCodeEnding(ending) ? [] : [named];
  const folder = named.replace(/(?:^|\/)\*[*./]*$/, '');
  if (endings === undefined) return [join(folder, '**', noCode)];
  if (endings.length === 0) return [];
  const files = endings.length === 1 ? `*.${endings[0] ?? ''}` : `*.{${endings.join(',')}}`;
  return [join(folder, '**', files)];
}

/** A name stands for what has it, wherever that is, and a folder for what is in it. */
function ignoredBy(named: string): readonly string[] {
  if (named.startsWith('!') || /^[*/.]*$/.test(named)) return [];
  const bare = named.replace(/\/+$/, '');
  const glob = bare.includes('/') ? bare : `**/${bare}`;
  return [glob, `${glob}/**`];
}

function isCodeEnding(ending: string): boolean {
  return isCode(`x.${ending}`) || ending === 'json';
}

function withoutDot(named: string): string {
  return unmatched(named).replace(/^\.\//, '');
}
