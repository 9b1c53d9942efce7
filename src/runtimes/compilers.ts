/** Errors of languages that have no runtime here, as their compilers and interpreters print them; recorded in 2026. */
import path from 'node:path';
import { plainText } from './printed-error.ts';
import type { ErrorLocation } from './runtime.ts';

/** Message and place in one line. */
const whole: readonly RegExp[] = [
  // go build, go vet: `./main.go:16:22: syntax error: unexpected newline`
  /^(?<file>\S+\.go):(?<line>\d+):(?<column>\d+): (?<message>.+)$/m,
  // javac: `Main.java:5: error: ';' expected`
  /^(?<file>\S+\.java):(?<line>\d+): error: (?<message>.+)$/m,
  // PHP: `PHP Parse error:  syntax error, unexpected … in /srv/index.php on line 3`
  /^(?:PHP )?(?<message>(?:Parse|Fatal) error: .+?) in (?<file>\S+\.\w+)(?: on line |:)(?<line>\d+)/m,
  // dotnet build: `/srv/Program.cs(3,14): error CS1002: ; expected [/srv/app.csproj]`
  /^\s*(?<file>\S+\.(?:cs|fs|vb))\((?<line>\d+),(?<column>\d+)\): error (?<message>.+?)(?: \[.*\])?$/m,
  // nginx: `nginx: [emerg] unknown directive "x" in /srv/nginx.conf:12`
  /\[emerg\] (?:\d+#\d+: )?(?<message>.+) in (?<file>\S+):(?<line>\d+)$/m,
];
/** A message whose place is in one of the next lines. */
const parted: readonly RegExp[] = [
  // rustc: `error[E0425]: cannot find value` / `  --> src/main.rs:4:5`
  /^error(?:\[\w+\])?: (?<message>.+)\n\s*--> (?<file>\S+):(?<line>\d+):(?<column>\d+)/m,
  // Deno: `error: The module's source code could not be parsed: … at file:///srv/main.ts:3:5`, and what is thrown
  /^(?:error: )?(?<message>.*(?:error|Error|Expected|Expression|parsed).*?)(?: at |\n(?:.*\n){0,6}?\s+at )(?:async )?file:\/\/(?<file>[^\s:]+):(?<line>\d+):(?<column>\d+)/m,
  // Bun: `error: Expected ";" but found "x"` / `    at /srv/index.ts:3:5`
  /^error: (?<message>.+)\n(?:.*\n){0,6}?\s+at (?:\S+ \()?(?<file>\/[^\s:]+):(?<line>\d+):(?<column>\d+)/m,
];

/** Undefined if none of them has said a place in `output`. `root`: what relative ones are relative to. */
export function locateForCompilers(output: string, root: string): ErrorLocation | undefined {
  const plain = plainText(output);
  for (const pattern of [...whole, ...parted]) {
    const { groups } = pattern.exec(plain) ?? {};
    if (groups?.['file'] === undefined) continue;
    const { file, line, column, message = '' } = groups;
    return {
      message: message.trim(),
      file: path.resolve(root, file),
      ...(line === undefined ? {} : { line: Number(line) }),
      ...(column === undefined ? {} : { column: Number(column) }),
    };
  }
  return undefined;
}
