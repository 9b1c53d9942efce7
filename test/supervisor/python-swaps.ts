/** What every Python server is put through: saves and a broken edit under load, half of it on kept connections. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Load } from './load.ts';
import type { PythonApp } from './python-apps.ts';
import { Running } from './running.ts';

export async function swapsUnderLoad(t: TestContext, { files, command }: PythonApp): Promise<Running> {
  const first = files('v1');
  const [edited = ''] = Object.keys(first);
  const app = await Running.start(t, { files: first, command });
  const save = (version: string, add = ''): void => {
    app.replace(edited, (files(version)[edited] ?? '') + add);
  };
  await app.serving(1);
  const load = Load.start(t, app.port);
  await load.answeredSince();
  save('v2');
  await app.serving(2);
  await load.answeredSince();
  save('v3', 'def broken(:\n');
  const failed = await app.event('rolledBack');
  assert.deepEqual([failed.file?.endsWith(edited), failed.serving], [true, 2], failed.message);
  await load.answeredSince();
  assert.equal(load.latest, 'v2');
  const generation = failed.generation + 1;
  save('v4');
  await app.serving(generation);
  await load.answeredSince();
  const { answered, bad, refused, cut } = await load.stop();
  t.diagnostic(`${answered} answered, ${bad + refused + cut} failed, ${load.stale} stale`);
  assert.deepEqual(
    { bad, refused, cut, stale: load.stale, latest: load.latest },
    { bad: 0, refused: 0, cut: 0, stale: 0, latest: 'v4' },
  );
  return app;
}

/** Saves when the standby is warm. What the diagnostic says is in python/README.md. */
export async function swapsFromStandby(t: TestContext, { files, command }: PythonApp): Promise<void> {
  const first = files('v1');
  const [edited = ''] = Object.keys(first);
  const app = await Running.start(t, { files: first, command, standby: true });
  const { bootMs } = await app.serving(1);
  const took: number[] = [];
  for (let generation = 2; generation <= 6; generation += 1) {
    await app.times('standby', generation - 1, ({ state }) => state === 'warm');
    app.replace(edited, files(`v${String(generation)}`)[edited] ?? '');
    const saved = performance.now();
    let body = '';
    // Whoever comes while it boots waits, and gets the new code.
    while (body !== `v${String(generation)}`) ({ body } = await app.get('/'));
    took.push(performance.now() - saved);
    assert.equal((await app.serving(generation)).standby, true);
  }
  const median = took.sort((a, b) => a - b)[2] ?? NaN;
  const [saveMs, coldMs] = [median, bootMs].map((ms) => String(Math.round(ms)));
  t.diagnostic(`save → new ${saveMs} ms, cold boot ${coldMs} ms: ${(median / bootMs).toFixed(2)}`);
}
