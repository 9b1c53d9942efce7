/** Throw-away copies of the servers in test/samples, for windows that edit and save. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from './free-port.mts';
import { removeFolder } from './leave-nothing-behind.mts';
import { root } from './root.mts';

export interface SampleWorkspace {
  readonly folder: string;
  readonly port: number;
  remove(): void;
}

export interface SampleOptions {
  /** The port the sample listens on, by its `.env` file. A free one unless given. */
  readonly port?: number;
  /** More files: path in the workspace → content. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Copies a sample. Its dependencies are this project's own, so `node_modules` is a link to the repository's. */
export async function copySample(
  name = 'express-app',
  options: SampleOptions = {},
): Promise<SampleWorkspace> {
  // The real path: on macOS the temporary folder is a link, and paths that servers and windows report are real ones.
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'hot-swap-')));
  const folder = join(parent, name);
  cpSync(join(root, 'test', 'samples', name), folder, { recursive: true });
  if (!existsSync(join(folder, 'node_modules'))) {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  }
  const port = options.port ?? (await freePort());
  writeFileSync(join(folder, '.env'), `PORT=${port}\n`);
  for (const [path, content] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return { folder, port, remove: () => removeFolder(parent) };
}
