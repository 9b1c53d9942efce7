/**
 * Earlier code than what is on disk: of some files, something else is read than what is there. By the app, by whatever
 * loads its modules, and by their threads; nobody sees another path than the file's own.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from '../engine/paths.ts';
import { bindingOf } from '../engine/bindings.ts';
import { redirectBy, writes } from './fs-calls.ts';
import type { Call } from './fs-calls.ts';

/** Of the binding: their first argument is a path, of which they read. */
const readers = new Set(['open', 'openFileHandle', 'readFileUtf8', 'stat', 'ReadFileJob']);
/** Whoever asks for a file a moment after it was not there yet (ms) is not answered anew. */
const freshMs = 5;
/** The clock of a process and that of a file are not one (ms). */
const slackMs = 2000;

interface Note {
  readonly table: string;
  /** When the process began, ms since the epoch: another one may have its number. */
  readonly began: number;
}

/** From here on. Throws if it can't be done: to serve what is on disk would be a lie. */
export function showPast(folder: string, table: string): void {
  const binding = bindingOf('fs') as Record<string, Call | undefined> | undefined;
  if (binding === undefined)
    throw new Error('Hot Swap can not show this process earlier code: it has no access to the binding of fs');
  const files = tableOf(table);
  redirectBy((name, args) => redirected(files, name, args));
  redirectJobs(binding, files);
  // Threads that are there already know nothing of an invitation.
  const note: Note = { table, began: began() };
  writeFileSync(noteOf(folder), JSON.stringify(note));
  process.once('exit', () => rmSync(noteOf(folder), { force: true }));
}

/** A thread's part: as soon as its process is to do so. */
export function showThreadsPast(folder: string): void {
  let files: Map<string, string> | undefined;
  let looked = -Infinity;
  redirectBy((name, args) => {
    if (files === undefined && readers.has(name)) {
      const now = performance.now();
      if (now - looked < freshMs) return args;
      looked = now;
      files = noted(folder);
    }
    return files === undefined ? args : redirected(files, name, args);
  });
}

function redirected(files: Map<string, string>, name: string, args: readonly unknown[]): readonly unknown[] {
  const [file, ...rest] = args;
  if (!readers.has(name) || (typeof file !== 'string' && !Buffer.isBuffer(file))) return args;
  const path = resolve(file.toString());
  const instead = files.get(path);
  if (instead === undefined) return args;
  if (name !== 'stat' && writes(args[1])) {
    files.delete(path); // from here on it is the app's
    return args;
  }
  return [instead, ...rest];
}

/** Of newer Nodes: what `fs.promises` does to a whole file. */
function redirectJobs(binding: Record<string, Call | undefined>, files: Map<string, string>): void {
  const name = 'ReadFileJob';
  const job = binding[name];
  if (job === undefined) return;
  binding[name] = new Proxy(job, {
    construct: (target, args: unknown[], self): object =>
      Reflect.construct(target, redirected(files, name, args) as unknown[], self) as object,
  });
}

/** Undefined: its process shows what is on disk. */
function noted(folder: string): Map<string, string> | undefined {
  let note: Note;
  try {
    note = JSON.parse(readFileSync(noteOf(folder), 'utf8')) as Note;
  } catch {
    return undefined;
  }
  return Math.abs(note.began - began()) < slackMs ? tableOf(note.table) : undefined;
}

function noteOf(folder: string): string {
  return join(folder, `past-${String(process.pid)}`);
}

function began(): number {
  return Date.now() - process.uptime() * 1000;
}

function tableOf(table: string): Map<string, string> {
  return new Map(Object.entries(JSON.parse(readFileSync(table, 'utf8')) as Record<string, string>));
}
