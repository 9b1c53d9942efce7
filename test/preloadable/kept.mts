/** Results as they come, a line of JSON each, so that a run that was ended goes on where it was. */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cacheDir } from '../tools/cache.mts';
import { root } from '../tools/root.mts';
import { nameOf } from './subject.mts';
import type { Subject } from './subject.mts';
import type { Result } from './trials.mts';

export class Kept {
  private readonly results = new Map<string, Result>();

  /** `file`: absent: one for this build and these packages. */
  constructor(private readonly file = ofThisBuild()) {
    if (!existsSync(file)) {
      mkdirSync(path.dirname(file), { recursive: true });
      return;
    }
    // The last line may be half of one.
    for (const line of readFileSync(file, 'utf8')
      .split('\n')
      .filter((one) => one.endsWith('}'))) {
      const result = JSON.parse(line) as Result;
      this.results.set(nameOf(result), result);
    }
  }

  of(subject: Subject): Result | undefined {
    return this.results.get(nameOf(subject));
  }

  add(result: Result): void {
    this.results.set(nameOf(result), result);
    appendFileSync(this.file, `${JSON.stringify(result)}\n`);
  }
}

function ofThisBuild(): string {
  const hash = createHash('sha1');
  for (const file of ['dist/supervisor.js', 'dist/preload.js', 'test/preloadable/packages.txt'])
    hash.update(readFileSync(path.join(root, file)));
  return path.join(cacheDir, 'preloadable', `${hash.digest('hex').slice(0, 12)}.jsonl`);
}
