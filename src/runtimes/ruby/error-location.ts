/**
 * What a Ruby process wrote to stderr before it died, as one message and the place in the user's code:
 * `app.rb:3:in 'm': undefined local variable (NameError)`, then `from` lines; a SyntaxError is `app.rb:3: syntax error, …`.
 */
import path from 'node:path';
import { isUsersCode, plainText } from '../printed-error.ts';
import type { ErrorLocation } from '../runtime.ts';
import { isDependency } from './dependency.ts';

const frame = /(?:^|[\s(])((?:[A-Za-z]:)?[^\s:()'"`]+\.(?:rb|ru)):(\d+):(?=in\b|\s|$)/gm;
const raised = /:in [`'][^\n]*?': (.*) \(([A-Z]\w*(?:::\w+)*)\)$/m;
const raisedAtTop = /\.(?:rb|ru):\d+:(?:in [`']<[^\n]*?': )? ?(.*) \(([A-Z]\w*(?:::\w+)*)\)$/m;
/** The last of a chain of files that load each other; from Ruby 3.4 on with the text of the lines below. */
const syntax = /(?:^|[\s(])([^\s:()'"`]+\.(?:rb|ru)):(\d+): (syntax errors?\b[^\n]*)$/m;
/** As servers tell it: `! Unable to load application: NameError: undefined …`. */
const told = /^! Unable to load application: (.*)$/m;

/** Undefined if nothing looks like one. `root`: paths outside are not the user's code. */
export function locateError(text: string, root: string): ErrorLocation | undefined {
  const plain = plainText(text);
  const wrong = syntax.exec(plain);
  if (wrong !== null) {
    const [, file = '', line, what = ''] = wrong;
    const message = `SyntaxError: ${what.replace(/ \(SyntaxError\)$/, '').replace(/^syntax error, /, '')}`;
    const place = path.resolve(root, file);
    return isUsersCode(place, root, isDependency)
      ? { message, file: place, line: Number(line) }
      : { message };
  }
  const message = messageOf(plain);
  if (message === undefined) return undefined;
  const places = [...plain.matchAll(frame)].map(([, file = '', line]) => ({
    message,
    file: path.resolve(root, file),
    line: Number(line),
  }));
  return places.find(({ file }) => isUsersCode(file, root, isDependency)) ?? { message };
}

function messageOf(text: string): string | undefined {
  const [, said, kind] = raised.exec(text) ?? raisedAtTop.exec(text) ?? [];
  return said === undefined || kind === undefined ? told.exec(text)?.[1] : `${kind}: ${said.trim()}`;
}

/** `Address already in use - bind(2) for "127.0.0.1" port 3000 (Errno::EADDRINUSE)`. */
export function failedListen(text: string): { readonly code: string; readonly port: number } | undefined {
  const [, port, code] = /bind\(2\) for \S+(?: port |:)(\d+)[^\n]*\(Errno::(E[A-Z]+)\)/.exec(text) ?? [];
  return code === undefined ? undefined : { code, port: Number(port) };
}
