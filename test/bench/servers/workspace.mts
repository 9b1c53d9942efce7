import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Moment, now } from '../load/clock.mts';
import { processesOf } from './processes.mts';
import { inRepository, type Sample } from './samples.mts';

const open = new Set<Workspace>();

/** For a bench that ends before its time: whatever still runs in a workspace, and the workspaces. */
export function cleanUp(): void {
  for (const workspace of open) {
    for (const { pid } of processesOf(workspace.root)) process.kill(pid, 'SIGKILL');
    workspace.remove();
  }
}

/** A copy of a sample in a temporary folder, and the editor that saves into it. */
export class Workspace {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'hot-swap-bench-'));
  readonly folder: string;
  /** The one that is edited. */
  readonly file: string;

  constructor(readonly sample: Sample) {
    open.add(this);
    // One level up, where no tool that watches the folder looks into it.
    fs.symlinkSync(inRepository('node_modules'), path.join(this.root, 'node_modules'));
    this.folder = path.join(this.root, sample.folder);
    fs.cpSync(inRepository(path.join('test/samples', sample.folder)), this.folder, { recursive: true });
    this.file = path.join(this.folder, sample.file);
  }

  /** Saves code that answers `v<version>`; returns the moment just before the first byte changed. */
  save(version: number): Moment {
    return write(this.file, this.withVersion(`'v${version}'`));
  }

  /** Saves a file that does not parse. */
  saveBroken(): Moment {
    return write(this.file, this.withVersion(`'v0'; }`));
  }

  remove(): void {
    open.delete(this);
    fs.rmSync(this.root, { recursive: true, force: true });
  }

  private withVersion(code: string): string {
    return fs.readFileSync(this.file, 'utf8').replace(/(const VERSION =).*/, `$1 ${code};`);
  }
}

/** As VS Code saves: the same inode, truncated, written, synced. For a moment a watcher can see it empty. */
function write(file: string, text: string): Moment {
  const before = now();
  const fd = fs.openSync(file, 'w');
  fs.writeSync(fd, text);
  fs.fdatasyncSync(fd);
  fs.closeSync(fd);
  return before;
}
