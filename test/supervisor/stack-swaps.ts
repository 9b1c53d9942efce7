/** What every server is put through in whose processes nothing of ours can be: saves and a broken edit under load. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Load } from './load.ts';
import { Running } from './running.ts';

export interface StackApp {
  readonly files: (version: string, port: number) => Readonly<Record<string, string>>;
  /** The file that is edited. */
  readonly edited: string;
  readonly command: readonly string[];
  readonly options?: readonly string[];
  /** Behind `edited`, it keeps a generation from starting; without, nothing does. */
  readonly breaks?: string;
  /** It is compiled first: what is broken is never started. */
  readonly isCompiled?: true;
  /** Connections may be cut and older code met in the moment of a swap: it is printed how often. */
  readonly isLossy?: true;
  /** The port, if its command or a file has to say it. */
  readonly port?: number;
}

export async function swapsUnderLoad(t: TestContext, stack: StackApp, saves = 2): Promise<Running> {
  const { files, edited, command, options = [], breaks, isCompiled, isLossy, port = 0 } = stack;
  const app = await Running.start(t, { files: files('v1', port), command, options });
  const save = (version: string, add = ''): void => {
    app.replace(edited, (files(version, port)[edited] ?? '') + add);
  };
  await app.serving(1);
  const load = Load.start(t, port === 0 ? app.port : port);
  await load.answeredSince();
  let generation = 1;
  let version = 1;
  const took: number[] = [];
  const swap = async (): Promise<void> => {
    save(`v${(version += 1)}`);
    const before = generation;
    const serving = await app.event('serving', (event) => event.generation > before);
    generation = serving.generation;
    took.push(serving.swapMs);
    await load.answeredSince();
  };
  await swap();
  if (breaks !== undefined) {
    save(`v${(version += 1)}`, breaks);
    const failed = await app.event(isCompiled === true ? 'buildFailed' : 'rolledBack');
    assert.deepEqual([failed.file?.endsWith(edited), failed.serving], [true, generation], failed.message);
    await load.answeredSince();
    assert.equal(load.latest, `v${version - 1}`);
  }
  for (let more = 1; more < saves; more += 1) await swap();
  const { answered, bad, refused, cut } = await load.stop();
  const cold = (await app.serving(1)).bootMs;
  const middle = took.sort((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0;
  t.diagnostic(
    `${answered} answered, ${bad + refused + cut} failed, ${load.stale} stale; ` +
      `save → new ${middle.toFixed(0)} ms, cold boot ${cold.toFixed(0)} ms`,
  );
  assert.deepEqual({ refused, latest: load.latest }, { refused: 0, latest: `v${version}` });
  if (isLossy !== true) assert.deepEqual({ bad, cut, stale: load.stale }, { bad: 0, cut: 0, stale: 0 });
  return app;
}
