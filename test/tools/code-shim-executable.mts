import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Writes the executable that @vscode/test-electron's `vscodeExecutablePath` asks for: it starts one file and has
 * no place for `--import tsx`. Generated rather than committed, because it names this Node and this checkout.
 */
export function writeCodeShim(folder: string): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const shim = fileURLToPath(new URL('code-shim.mts', import.meta.url));
  const command = [process.execPath, '--import', import.meta.resolve('tsx'), shim].map(quoted).join(' ');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'code');
  writeFileSync(file, `#!/bin/sh\nexec ${command} "$@"\n`); // exec: signals reach the shim, not a shell before it
  chmodSync(file, 0o755);
  return file;
}
