/** What every server of Python's and Ruby's is put through: saves and a broken edit under load, half of it on kept connections. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Load } from './load.ts';
import { Running } from './running.ts';

export interface ServerApp {
  readonly name: string;
  /** By version: the file that is edited, first of all. */
  readonly files: (version: string) => Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

/** `saves`: good ones, of which one comes after the broken one. */
export async function swapsUnderLoad(
  t: TestContext,
  { files, command }: ServerApp,
  saves = 2,
): Promise<Running> {
  const first = files('v1');
  const [edited = ''] = Object.keys(first);
  const app = await Running.start(t, { files: first, command });
  const save = (version: string, add = ''): void => {
    app.replace(edited, (files(version)[edited] ?? '') + add);
  };
  await app.serving(1);
  const load = Load.start(t, app.port);
  await load.answeredSince();
  for (let generation = 2; generation <= saves; generation += 1) {
    save(`v${String(generation)}`);
    await app.serving(generation);
    await load.answeredSince();
  }
  save(`v${String(saves + 1)}`, 'def broken(:\n');
  const failed = await app.event('rolledBack');
  assert.deepEqual([failed.file?.endsWith(edited), failed.serving], [true, saves], failed.message);
  await load.answeredSince();
  assert.equal(load.latest, `v${String(saves)}`);
  const last = `v${String(saves + 2)}`;
  save(last);
  await app.serving(failed.generation + 1);
  await load.answeredSince();
  const { answered, bad, refused, cut } = await load.stop();
  t.diagnostic(`${answered} answered, ${bad + refused + cut} failed, ${load.stale} stale`);
  assert.deepEqual(
    { bad, refused, cut, stale: load.stale, latest: load.latest },
    { bad: 0, refused: 0, cut: 0, stale: 0, latest: last },
  );
  return app;
}

/** Saves when the standby is warm. What the diagnostic says is in python/README.md. */
export async function swapsFromStandby(t: TestContext, { files, command }: ServerApp): Promise<void> {
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
