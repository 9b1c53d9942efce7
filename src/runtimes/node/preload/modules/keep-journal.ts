/** What a process or thread that does not serve tells of itself. */
import { realpathSync } from 'node:fs';
import { resolve } from '../engine/paths.ts';
import { journalsOf, threadsJournalOf } from '../../../protocol/journal.ts';
import type { Invitation } from '../../../protocol/messages.ts';
import { environmentFilesOf, filesOfAShell } from '../../configuration.ts';
import { isDependency } from '../../dependency.ts';
import { Journal } from './journal.ts';
import { watchMissingModules } from './missing-modules.ts';
import { UsedFiles } from './used-files.ts';

/** From here on. Undefined if nobody wants one. */
export function keepJournal({ journal: file, by = [], helps = false }: Invitation): UsedFiles | undefined {
  if (file === undefined) return undefined;
  const [, main] = process.argv;
  const own = (main !== undefined && !isDependency(resolve(main))) || isForked();
  const files = new UsedFiles(new Journal(file, { by, own, helps }), helps);
  files.watch();
  watchMissingModules(files);
  tellLinkToMain(files, main);
  // Node or a shell has read these before anybody could see it.
  const named = filesOfAShell(process.env['npm_lifecycle_script'] ?? '');
  for (const one of [...environmentFilesOf(process.execArgv, process.cwd()), ...named])
    files.begins(resolve(one));
  watchEnvironmentFiles(files);
  return files;
}

/** Node names the file that it runs by where it really is. */
function tellLinkToMain(files: UsedFiles, main: string | undefined): void {
  if (main === undefined || isDependency(main)) return;
  try {
    if (realpathSync(main) !== main) files.reads(main);
  } catch {
    // It is asked for by a name that is not whole, or is no file.
  }
}

/** `folder`: the supervisor's, in which the preload lies. All that a thread knows of its generation is its process. */
export function keepThreadsJournal(folder: string): void {
  const files = new UsedFiles(new Journal(threadsJournalOf(journalsOf(folder), process.pid)), true);
  files.watch();
  watchMissingModules(files);
}

/** Node reads them below all that can be watched. */
function watchEnvironmentFiles(files: UsedFiles): void {
  const { loadEnvFile } = process as { loadEnvFile?: (file?: unknown) => void };
  if (loadEnvFile === undefined) return;
  const noting = (...args: [unknown?]): void => {
    const [file = '.env'] = args;
    const path = file instanceof URL ? file.pathname : file;
    if (typeof path === 'string') files.reads(resolve(path));
    loadEnvFile.apply(process, args);
  };
  Object.assign(process, {
    loadEnvFile: Object.defineProperties(noting, Object.getOwnPropertyDescriptors(loadEnvFile)),
  });
}

/** Node has it only where there is a channel. */
function isForked(): boolean {
  return (process as { readonly connected?: boolean }).connected === true;
}
