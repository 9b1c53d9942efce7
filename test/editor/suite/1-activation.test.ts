import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds } from '../../../src/editor/status/actions.ts';
import { api, set } from './workspace.ts';

describe('activation', () => {
  it('is whole in a workspace that is trusted', async () => {
    assert.equal((await api()).active, true);
  });

  it('registers every command that the manifest names, and no other', async () => {
    await api();
    const manifest = vscode.extensions.getExtension('hot-swap.hot-swap')!.packageJSON as {
      contributes: { commands: { command: string; title: string; category?: string }[] };
    };
    const { commands } = manifest.contributes;
    // VS Code adds its own for a view: `hotSwap.generations.focus`.
    const registered = (await vscode.commands.getCommands(true)).filter(
      (id) => id.startsWith('hotSwap.') && !id.startsWith('hotSwap.generations.'),
    );
    assert.deepEqual(registered.sort(), commands.map(({ command }) => command).sort());
    assert.deepEqual(registered.sort(), Object.values(commandIds).sort());
    const swap = commands.find(({ command }) => command === commandIds.swap);
    assert.deepEqual([swap?.title, swap?.category], ['Hot Swap Server', undefined]);
  });

  it('shows nothing in the status bar while no server is known', async () => {
    assert.deepEqual((await api()).indicators, []);
  });

  it('names the setting that is wrong', async () => {
    await set('servers', [{ name: 'api', command: 'node server.js', drainTimeout: '5s' }]);
    const { settingsErrors } = await api();
    await set('servers', undefined);
    assert.deepEqual(settingsErrors, ['hotSwap.servers[0].drainTimeout must be a number of milliseconds']);
    assert.deepEqual((await api()).settingsErrors, []);
  });
});
