/**
 * What a Python process wrote to stderr before it died, as one message and the place in the user's code. Format:
 * https://docs.python.org/3/library/traceback.html; a SyntaxError's last frame is the place itself, without `in …`.
 */
import path from 'node:path';
import { isUsersCode, plainText } from '../printed-error.ts';
import type { ErrorLocation } from '../runtime.ts';
import { isDependency } from './dependency.ts';

/** ` | ` before each line: one of an exception group. */
const frame = /^[ |+]*File "([^"\n]+)", line (\d+)(?:, in .*)?$/gm;
/** `django.core.exceptions.ImproperlyConfigured: The SECRET_KEY…`, on a line of its own after the frames. */
const exception = /^[ |]*((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:: .*)?)$/gm;
/** `OSError: [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use`. */
const bound = /\[Errno (\d+)\][^\n]*?\(['"][^'"\n]*['"], (\d+)/;
const codes: Readonly<Record<string, string>> = { 98: 'EADDRINUSE', 48: 'EADDRINUSE', 13: 'EACCES' };

/** Undefined if there is no traceback. `root`: paths outside are not the user's code. */
export function locateError(text: string, root: string): ErrorLocation | undefined {
  const plain = plainText(text);
  // An earlier one was survived, or is what the last one was raised from.
  const at = Math.max(plain.lastIndexOf('Traceback (most recent call last)'), lastSyntaxError(plain));
  if (at < 0) return undefined;
  const trace = plain.slice(at);
  const frames = [...trace.matchAll(frame)];
  const last = frames.at(-1);
  if (last === undefined) return undefined;
  const after = trace.slice(last.index + last[0].length);
  const message = [...after.matchAll(exception)][0]?.[1]?.trim();
  if (message === undefined) return undefined;
  const places = frames.map(([, file = '', line]) => {
    return { message, file: path.resolve(root, file), line: Number(line) };
  });
  return places.reverse().find(({ file }) => isUsersCode(file, root, isDependency)) ?? { message };
}

export function failedListen(text: string): { readonly code: string; readonly port: number } | undefined {
  const [, number = '', digits] = bound.exec(text) ?? [];
  const code = codes[number];
  return code === undefined ? undefined : { code, port: Number(digits) };
}

/** One of the main file comes without a traceback. */
function lastSyntaxError(text: string): number {
  return [...text.matchAll(/^ {2}File "[^"\n]+", line \d+$/gm)].at(-1)?.index ?? -1;
}
