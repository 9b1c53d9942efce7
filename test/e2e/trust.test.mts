import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paletteOffers, runCommand, trustWorkspace } from '../tools/workbench.mts';
import { get } from './clients.mts';
import { api, Stage } from './stage.mts';

describe('A workspace that is not trusted', () => {
  const stage = new Stage({ workspaceTrust: true });

  it('runs nothing, whatever its settings say, until it is trusted', async (t) => {
    const scene = await stage.open(t, { ...api, 'hotSwap.autoStart': true });
    const { page, indicator, port } = scene;
    await runCommand(page, 'Developer: Show Running Extensions');
    // Extensions are listed once they were activated.
    await page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: /hot.swap/i }).waitFor();
    await page.keyboard.press('Escape');
    assert.deepEqual(await paletteOffers(page, 'Hot Swap', 3000), []);
    assert.deepEqual(indicator.frames.flat(), [], 'there never was an indicator');
    await assert.rejects(get(port), /ECONNREFUSED/);
    if (process.platform === 'linux') assert.deepEqual(scene.processes(), []);
    assert.deepEqual(scene.log(), []);

    await trustWorkspace(page);
    await scene.serves(1);
    assert.match(await get(port), /from v1/);
    assert.ok((await paletteOffers(page, 'Hot Swap')).includes('Hot Swap Server'));
  });
});
