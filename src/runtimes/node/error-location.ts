/**
 * What a Node process (or a TypeScript runner in it) wrote to stderr before it died, as one message and the
 * place in the user's code. Formats: Node's own report of syntax errors and uncaught exceptions, esbuild's
 * (tsx), TypeScript's (ts-node, tsc), swc's and oxc's.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseStack } from 'stacktrace-parser';
import { isUsersCode, plainText } from '../printed-error.ts';
import type { ErrorLocation } from '../runtime.ts';
import { isDependency } from './dependency.ts';

/** Columns from 0. */
const esbuildError =
  /^[ \t]*(?:\S+ \[ERROR\] )?(?<file>\S[^\n]*?):(?<line>\d+):(?<column>\d+): (?:ERROR|error): (?<message>.+)$/m;
const compilerErrors: readonly RegExp[] = [
  // TypeScript, pretty and plain, also of its configuration.
  /^(?<file>\S[^\n]*?\.(?:[cm]?tsx?|json)):(?<line>\d+):(?<column>\d+) - error (?<message>TS\d+: .+)$/m,
  /^(?<file>\S[^\n]*?\.(?:[cm]?tsx?|json))\((?<line>\d+),(?<column>\d+)\): error (?<message>TS\d+: .+)$/m,
  // swc (swc-node), oxc (vite-node).
  /^(?:\w*Error:)? *(?:[x×]|\[[A-Z_]+\]) +(?<message>[^\n]+)\n+ *(?:╭─+|,-+)\[ *(?<file>\S.*?):(?<line>\d+):(?<column>\d+) *\]/m,
  /Failed to load tsconfig '(?<file>[^'\n]+)': (?<message>.+) at line (?<line>\d+) column (?<column>\d+)$/m,
];
/** Of no place, as most that is wrong with a configuration. */
const typescriptRefusal = /^error (TS\d+: .+)$/m;
/** `/app/server.js:31`, the source line, carets under the place; none under the end of a file. */
const nodeHeader =
  /^((?:file:\/\/)?\/[^\n]*?):(\d+)\n([^\n]*)\n([ \t]*)(?:\^+[ \t]*$|(?=\n\nSyntaxError: Unexpected end of input$))/gm;
/** Perhaps in the words of an app that catches it: `Error running script: SyntaxError: …`. */
const errorLine =
  /^[ \t]*(?:Uncaught |[^\n:]{1,80}: )?((?:[A-Z]\w*)?(?:Error|Exception)\b(?: \[\w+\])?(?:: .*)?)$/m;
/** V8 gives up: `FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory`. */
const fatalError = /^FATAL ERROR: (?:.* - )?(\S.*)$/m;
const thrownValue = /^Uncaught:?\n(.+)$|^(\S.*)\n\(Use `node --trace-uncaught/m;
const importedFrom = /(?:imported from |Require stack:\n- )(\/[^\n]+)/;

/** JSON that was loaded as a module; later Nodes say the line, too. */
const jsonError =
  /^SyntaxError: (?<file>\/.*?\.json): (?:.* at position (?<position>\d+)(?: \(line (?<line>\d+) column (?<column>\d+)\))?)?/;

/** What is in each process of a server beside its own: see runtime.ts. */
const ours: ReadonlySet<string> = new Set(['preload.js', 'serving.js', 'rest.js', 'standby.mjs']);

/** `listen EADDRINUSE: … :::3000`. */
const listenError = /listen (EADDRINUSE|EACCES)\b.*?:(\d+)$/m;

/** Undefined if nothing in `text` looks like an error. `root`: paths outside are not the user's code. */
export function locateError(text: string, root: string): ErrorLocation | undefined {
  const plain = plainText(text);
  const fatal = fatalError.exec(plain)?.[1];
  if (fatal !== undefined) return { message: fatal.trim() };
  return compilerError(plain, root) ?? nodeError(plain, root);
}

export function failedListen(text: string): { readonly code: string; readonly port: number } | undefined {
  const [, code, digits] = listenError.exec(text) ?? [];
  return code === undefined ? undefined : { code, port: Number(digits) };
}

function compilerError(text: string, root: string): ErrorLocation | undefined {
  const esbuild = esbuildError.exec(text)?.groups;
  const found = esbuild ?? compilerErrors.map((one) => one.exec(text)?.groups).find(Boolean);
  if (found === undefined) {
    const refusal = typescriptRefusal.exec(text)?.[1];
    return refusal === undefined ? undefined : { message: refusal };
  }
  const { file = '', line, column, message = '' } = found;
  const first = esbuild === undefined ? 0 : 1;
  return { message, file: path.resolve(root, file), line: Number(line), column: Number(column) + first };
}

function nodeError(text: string, root: string): ErrorLocation | undefined {
  const header = [...text.matchAll(nodeHeader)].at(-1) ?? null; // an earlier one was survived
  const after = header === null ? text : text.slice(header.index + header[0].length);
  const named = errorLine.exec(after);
  const message = named?.[1] ?? thrown(after);
  if (message === undefined) return undefined;
  const json = ofJson(message);
  if (json !== undefined && isUsers(json.file, root)) return json;
  if (header !== null) {
    const [, file = '', line, , indent = ''] = header;
    const place = toPath(file);
    if (isUsers(place, root) || isLinked(place))
      return { message, file: place, line: Number(line), column: indent.length + 1 };
  }
  const frames = parseStack(after.slice(named?.index ?? 0)).flatMap((frame) => {
    const file = frame.file === null ? undefined : toPath(frame.file);
    if (file === undefined || frame.lineNumber === null) return [];
    return [{ message, file, line: frame.lineNumber, column: frame.column ?? 1 }];
  });
  const place = frames.find(({ file }) => isUsers(file, root)) ?? frames.find(({ file }) => isLinked(file));
  if (place !== undefined) return place;
  const importer = importedFrom.exec(after)?.[1];
  return importer !== undefined && (isUsers(importer, root) || isLinked(importer))
    ? { message, file: importer, line: 1, column: 1 }
    : { message };
}

/** Without a position it ends too soon. */
function ofJson(message: string): (ErrorLocation & { readonly file: string }) | undefined {
  const { file, position, line, column } = jsonError.exec(message)?.groups ?? {};
  if (file === undefined) return undefined;
  if (line !== undefined) return { message, file, line: Number(line), column: Number(column) };
  try {
    const lines = readFileSync(file, 'utf8')
      .trimEnd()
      .slice(0, position === undefined ? undefined : Number(position))
      .split('\n');
    return { message, file, line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
  } catch {
    return { message, file, line: 1, column: 1 };
  }
}

function thrown(text: string): string | undefined {
  const match = thrownValue.exec(text);
  return match?.[1] ?? match?.[2];
}

function toPath(file: string): string {
  try {
    return file.startsWith('file:') ? fileURLToPath(file.replace(/\?.*$/, '')) : file;
  } catch {
    return file;
  }
}

function isUsers(file: string, root: string): boolean {
  // A root that is itself below a node_modules is whose code is looked for.
  return isUsersCode(file, root, (it) => /(^|[\\/])node_modules[\\/]/.test(path.relative(root, it)));
}

/** Of another package of the workspace, or a linked one: it lies anywhere, but is no dependency and none of ours. */
function isLinked(file: string): boolean {
  return path.isAbsolute(file) && !isDependency(file) && !ours.has(path.basename(file));
}
