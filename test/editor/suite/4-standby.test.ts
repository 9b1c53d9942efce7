import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HandoffEvent } from '../../../src/shared/model.ts';
import { everything } from '../../tools/everything.mts';
import { judge } from '../../tools/limits.ts';
import {
  api,
  change,
  configure,
  edit,
  generation,
  get,
  newerThan,
  ref,
  set,
  textOf,
  untilStatus,
} from './workspace.ts';

const saves = everything ? 9 : 5;
/**
 * From the editor's save event to the released generation (ms): the first quartile, since on two cores the editor,
 * its browser and this test want to run just then, too. The median is printed.
 */
const limitMs = 5;

describe('a save in the editor', () => {
  before(async () => {
    await configure();
    await vscode.commands.executeCommand('hotSwap.start', ref);
    await untilStatus(({ state }) => state === 'serving', 'it serves');
  });

  after(async () => {
    await vscode.commands.executeCommand('hotSwap.stop', ref);
    await set('servers', undefined);
  });

  it('releases the standby at once', async () => {
    const { onDidHappen } = await api();
    const starts: (HandoffEvent & { readonly event: 'starting' })[] = [];
    const subscription = onDidHappen((event) => {
      if (event.event === 'starting') starts.push(event);
    });
    for (let n = 1; n <= saves; n += 1) {
      await untilStatus(({ standby }) => standby.state === 'warm', 'the standby is ready');
      const before = await generation();
      await edit('version.js', `module.exports = { VERSION: 'save ${n}' };\n`);
      await newerThan(before);
      assert.match((await get()).body, new RegExp(`save ${n}`));
    }
    subscription.dispose();
    const took = starts.map(({ time, cause }) => time - cause.at).sort((a, b) => a - b);
    const at = (share: number): number => took[Math.floor(took.length * share)]!;
    console.log(
      `save → released: median ${at(0.5).toFixed(1)} ms (${at(0).toFixed(1)}–${took.at(-1)!.toFixed(1)})`,
    );
    assert.ok(
      starts.every(({ origin, cause }) => /^(?:standby|ahead)$/.test(origin) && cause.kind === 'save'),
      JSON.stringify(starts),
    );
    judge('ms from save to released', at(0.25), limitMs);
  });

  it('finds what is run ahead to the file, from its first change on', async function () {
    if (!everything) this.skip();
    // Of all that any story here saves, it is read first: version.js, for one, is loaded by it.
    const file = 'routes/demo.js';
    const text = await textOf(file);
    await change(file, `${text}// typed\n`);
    await untilStatus(
      ({ standby }) => standby.state === 'warm' && standby.ahead?.before.endsWith('demo.js') === true,
      'it is run ahead to the file that has changes',
    );
    const before = await generation();
    const { onDidHappen } = await api();
    const origins: string[] = [];
    const subscription = onDidHappen((event) => {
      if (event.event === 'starting') origins.push(event.origin);
    });
    await edit(file, `${text}// typed, and saved\n`);
    await newerThan(before);
    subscription.dispose();
    assert.deepEqual(origins, ['ahead']);
  });

  it('shows in the tooltip what the standby costs', async () => {
    const { standby } = await untilStatus(({ standby: one }) => one.state === 'warm', 'the standby is ready');
    assert.ok(
      standby.state === 'warm' && standby.memory > 0 && standby.modules > 100,
      JSON.stringify(standby),
    );
  });
});
