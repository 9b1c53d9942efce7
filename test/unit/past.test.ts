/** What generations were made of is remembered as it was for them, however soon it is saved again. */
import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../../src/shared/clock.ts';
import { Past } from '../../src/supervisor/past/past.ts';

describe('the code before', () => {
  let root: string;
  let file: string;
  let past: Past;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(path.join(tmpdir(), 'hot-swap-test-')));
    file = path.join(root, 'word.js');
    past = new Past(systemClock);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** Resolves to when a generation starts that has it: in another tick of the file system's clock than what is around it. */
  async function save(word: string): Promise<number> {
    writeFileSync(file, word);
    await setTimeout(20);
    const startedAt = Date.now();
    await setTimeout(20);
    return startedAt;
  }
  const learn = (generation: number, startedAt: number): void =>
    past.learn({ generation, startedAt, files: [file], looksInto: [] });
  async function wayBack(): Promise<string | undefined> {
    const way = await past.way(false);
    return 'why' in way ? way.why : way.contents.get(file)?.toString();
  }

  it('is what the generation had, and not what is saved while it is looked at', async () => {
    learn(1, await save('v1'));
    await past.way(false); // it was read
    const second = await save('v2');
    past.saw([file]);
    await past.way(false);
    const third = await save('v3');
    past.saw([file]);
    learn(2, second);
    learn(3, third);
    assert.equal(await wayBack(), 'v2');
  });

  it('is not gone back to where nobody had read it', async () => {
    learn(1, await save('v1'));
    await past.way(false);
    const second = await save('v2');
    const third = await save('v3');
    learn(2, second);
    learn(3, third);
    assert.equal(await wayBack(), 'word.js was saved again before it was remembered what gen 2 had');
  });
});
