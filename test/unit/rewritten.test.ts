import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Rewritten } from '../../src/supervisor/changes/rewritten.ts';
import type { Clock } from '../../src/shared/clock.ts';
import type { Server } from '../../src/supervisor/servers/server.ts';
import type { Start } from '../../src/supervisor/servers/roster.ts';

const bootMs = 5000;

/** A server whose cold boot takes five seconds. `start`: one more generation, and its standby when it serves. */
function fake(t: TestContext): { isNews: (at: number) => boolean; start: (at: number) => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'views.py');
  /** In the test's time, and as of now: a file's own times can't be made up. */
  const starts: { -readonly [Key in keyof Start]: Start[Key] }[] = [];
  const times: number[] = [];
  const server = {
    status: { cwd: folder, coldBootMs: bootMs },
    roster: { starts, find: () => ({ generation: { bootMs } }) },
    emit: () => undefined,
  };
  const clock = { setTimeout: () => ({ cancel: () => undefined }) };
  const rewritten = new Rewritten(server as unknown as Server, clock as unknown as Clock, () => undefined);
  let written = 0;
  return {
    isNews: (at) => {
      writeFileSync(file, String((written += 1)));
      const late = statSync(file).ctimeMs - at;
      for (const [index, start] of starts.entries()) start.at = (times[index] ?? 0) + late;
      return rewritten.isNews(file);
    },
    start: (at) => {
      times.push(at, at + bootMs);
      starts.push({ at, cold: starts.length + 1 }, { at: at + bootMs });
    },
  };
}

const now = 1_700_000_000_000;

test('a person who saves soon after each slow start is not taken for the command', (t) => {
  const { isNews, start } = fake(t);
  for (let save = 0; save < 12; save += 1) {
    const begin = now + save * 7000;
    start(begin);
    assert.ok(isNews(begin + bootMs + 1300), `save ${save}`);
  }
});

test('what each start writes is', (t) => {
  const { isNews, start } = fake(t);
  const news: boolean[] = [];
  for (let turn = 0; turn < 12; turn += 1) {
    const begin = now + turn * 7000;
    start(begin);
    news.push(isNews(begin + 100), isNews(begin + bootMs + 100));
  }
  assert.ok(news.indexOf(false) > 0 && news.indexOf(false) < 8, String(news));
});
