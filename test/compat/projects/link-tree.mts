import fs from 'node:fs';
import path from 'node:path';

/**
 * A copy of a project in which nobody can change what is copied: files of its own are copied, those of dependencies
 * linked, since there are tens of thousands and nobody edits them in place.
 */
export function copyProject(from: string, to: string, inDependencies = false): void {
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) copyProject(source, target, inDependencies || entry.name === 'node_modules');
    else if (entry.isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(source), target);
    else if (!entry.isFile()) continue;
    else if (inDependencies) link(source, target);
    else fs.copyFileSync(source, target);
  }
}

function link(source: string, target: string): void {
  try {
    fs.linkSync(source, target);
  } catch (error) {
    // Another file system, or a file that has as many links as it may have.
    if (!['EXDEV', 'EMLINK', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    fs.copyFileSync(source, target);
  }
}
