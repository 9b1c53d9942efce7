import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright-core';
import {
  closeQuickInput,
  openFile,
  paletteOffers,
  quickPickRows,
  reloadWindow,
  runCommand,
  save,
  terminalText,
  toasts,
  typeOver,
} from '../tools/workbench.mts';
import { onlyInAll } from '../tools/everything.mts';
import { get, pidOf } from './clients.mts';
import { api, Stage } from './stage.mts';
import { untilTrue } from './until.mts';

describe('A VS Code window', onlyInAll, () => {
  // A busy machine takes its time to reload a window.
  const stage = new Stage({ graceSeconds: 45 });

  it('that reloads finds the same generation, the same process and what it has printed', async (t) => {
    // Without npm, whose own lines would fill the terminal.
    const servers = [{ name: 'api', command: 'node server.js' }];
    const scene = await stage.open(t, { 'hotSwap.servers': servers, 'hotSwap.autoStart': true });
    const { page, indicator, port } = scene;
    await scene.serves(1);
    await openFile(page, 'version.js');
    await typeOver(page, 'v1', 'v2');
    await save(page);
    await scene.serves(2);
    const pid = await pidOf(port);
    const clients = scene.ask({ pauseMs: 200, each: 1 }); // each request is a line in the terminal
    await clients.sees(2);

    const frames = indicator.frames.length;
    await reloadWindow(page);
    await scene.serves(2);
    assert.equal(await pidOf(port), pid);
    await clients.sees(2);
    await clients.sawNoSwap();

    await runCommand(page, 'Hot Swap: Show Server Output');
    await page.locator('.part.panel .terminal-wrapper.active .xterm-rows > div').first().waitFor();
    await runCommand(page, 'Terminal: Scroll to Top');
    const text = await terminalText(page);
    assert.match(text, /^── gen 1 ──$/m);
    assert.match(text, /^info: v1 listens on http:\/\/localhost:\d+/m);
    assert.match(text, /^── gen 2 · version\.js · [\d.]+ m?s ──$/m);
    assert.match(text, /^(gen 2 │ )?info: v2 listens on http:\/\/localhost:\d+/m);
    assert.equal(text.match(/v2 listens/g)?.length, 1, 'the past is told once');
    const since = new Set(indicator.frames.slice(frames).flatMap((looks) => looks.map(({ text }) => text)));
    assert.deepEqual([...since], [`gen 2 :${port}`], 'the indicator came back with nothing else in between');
    assert.deepEqual(await toasts(page), []);
  });

  it('offers in the palette and on the indicator what makes sense, and does it', async (t) => {
    const scene = await stage.open(t, api);
    const { page, indicator, item, port } = scene;
    await indicator.until({
      text: 'Hot Swap',
      icons: ['circle-outline'],
      spoken: 'Hot Swap: no server running',
    });
    const names = ['Debug Server', 'Select Server', 'Show Generations', 'Show Handoff Log'];
    // VS Code's own, for a view.
    const ofView = ['Hot Swap: Focus on Generations View', 'View: Show Hot Swap'];
    const always = ['Hot Swap Server', ...names.map((name) => `Hot Swap: ${name}`), ...ofView];
    await offers(page, [...always, 'Hot Swap: Start Server'].sort());
    await item.click();
    assert.deepEqual(await quickPickRows(page), ['Start Server', 'Select Server…', 'Show Handoff Log']);
    await closeQuickInput(page);

    await runCommand(page, 'Hot Swap: Start Server');
    await scene.serves(1);
    const running = [
      ...['Back One Generation', 'Open in Browser', 'Restart Server (cold)'],
      ...['Show Server Output', 'Show Timeline', 'Stop Server'],
    ];
    const offered = [...always, ...running.map((title) => `Hot Swap: ${title}`)].sort();
    await offers(page, offered);
    await item.click();
    assert.equal((await quickPickRows(page))[0], 'Swap Now');
    await closeQuickInput(page);

    const clients = scene.ask();
    await clients.sees(1);
    await openFile(page, 'version.js');
    await typeOver(page, 'v1', 'v2');
    await runCommand(page, 'Hot Swap Server');
    await scene.serves(2);
    await clients.sees(2);
    await clients.sawNoSwap();
    assert.match(scene.read('version.js'), /VERSION = 'v2'/, 'saved first');
    await page.locator('.tab.active:not(.dirty)').waitFor();
    assert.match(await scene.untilLogged(/swapping/), /^\[info\] api: .*swapping gen 1 for 2$/);
    assert.equal(scene.log().filter((line) => line.includes('swapping')).length, 1);

    await runCommand(page, 'Hot Swap: Stop Server');
    await indicator.until({ text: 'Hot Swap', icons: ['circle-outline'] });
    await assert.rejects(get(port), /ECONNREFUSED/);
    if (process.platform === 'linux') {
      await untilTrue(() => scene.processes().length === 0, 10_000).catch(() => {
        assert.deepEqual(scene.processes(), []);
      });
    }
    assert.deepEqual(await toasts(page), []);
  });
});

/** What holds for a command is told to the palette on its own way, and nobody says when it has come: looked at again. */
async function offers(page: Page, expected: readonly string[]): Promise<void> {
  let found = await paletteOffers(page, 'Hot Swap');
  for (let more = 20; more > 0 && !isDeepStrictEqual(found, expected); more -= 1)
    found = await paletteOffers(page, 'Hot Swap');
  assert.deepEqual(found, expected);
}
