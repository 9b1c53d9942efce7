import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ServerStatus, SwapOutcome } from '../../../src/shared/model.ts';
import {
  api,
  busyAtNextSave,
  causesDuring,
  change,
  configure,
  edit,
  folder,
  generation,
  get,
  ref,
  newerThan,
  set,
  textOf,
  until,
  untilStatus,
} from './workspace.ts';

const version = (text: string): string => `module.exports = { VERSION: '${text}' };\n`;

async function autoSave(mode: 'off' | 'afterDelay'): Promise<void> {
  const files = vscode.workspace.getConfiguration('files');
  await files.update('autoSaveDelay', 100, vscode.ConfigurationTarget.Workspace);
  await files.update('autoSave', mode, vscode.ConfigurationTarget.Workspace);
}

describe('hotSwap.swapOn', () => {
  before(async () => {
    await configure({ command: 'npm run dev' });
    await vscode.commands.executeCommand('hotSwap.start', ref);
    await untilStatus(({ state }) => state === 'serving', 'it serves');
  });

  after(async () => {
    await autoSave('off');
    await set('swapOn', undefined);
    await vscode.commands.executeCommand('hotSwap.stop', ref);
    await set('servers', undefined);
  });

  it('save: a change from outside of the editor swaps', async () => {
    const before = await generation();
    await writeFile(join(folder, 'version.js'), version('outside'));
    await newerThan(before);
    assert.match((await get()).body, /outside/);
  });

  it('save: a script that is another one now, by a change from outside of the editor, is what runs', async () => {
    const text = await textOf('package.json');
    for (const [script, runs] of [
      ['"node --watch server.js"', 'node server.js'],
      ['"node server.js"', 'npm run dev'],
    ] as const) {
      await writeFile(join(folder, 'package.json'), text.replace('"node server.js"', script));
      const isIt = ({ state, command }: ServerStatus): boolean => state === 'serving' && command === runs;
      await untilStatus(isIt, `${runs} is what runs`);
    }
  });

  it('save: an auto save does not swap, the explicit one after it does', async () => {
    await explicitAfterAuto();
  });

  it('save: no auto save swaps, though extensions hear of it late', async () => {
    busyAtNextSave();
    await explicitAfterAuto();
  });

  async function explicitAfterAuto(): Promise<void> {
    const before = await generation();
    const causes = await causesDuring(async () => {
      await autoSave('afterDelay');
      const document = await change('version.js', version(`auto ${before}`));
      await until(vscode.workspace.onDidSaveTextDocument, () => !document.isDirty, 'it is auto saved');
      await autoSave('off');
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('workbench.action.files.save');
      await newerThan(before);
    });
    assert.deepEqual([causes, await generation()], [['save'], before + 1]);
    assert.match((await get()).body, new RegExp(`auto ${before}`));
  }

  it('saveAndAutoSave: an auto save swaps', async () => {
    const before = await generation();
    await set('swapOn', 'saveAndAutoSave');
    await autoSave('afterDelay');
    await change('version.js', version('at once'));
    await newerThan(before);
    await autoSave('off');
  });

  it('watch: a save swaps by its change on disk', async () => {
    const before = await generation();
    await set('swapOn', 'watch');
    await edit('version.js', version('watched'));
    await newerThan(before);
  });

  it('manual: only the command swaps', async () => {
    const before = await generation();
    await set('swapOn', 'manual');
    await edit('version.js', version('manual'));
    await writeFile(
      join(folder, 'routes', 'demo.js'),
      `${await textOf('routes/demo.js')}
`,
    );
    assert.match((await get()).body, /watched/);
    const outcome = await vscode.commands.executeCommand<SwapOutcome>('hotSwap.swap');
    assert.deepEqual([outcome.outcome, await generation()], ['swapped', before + 1]);
    assert.match((await get()).body, /manual/);
  });

  it('reads nothing of it in an untrusted workspace', () => {
    const manifest = vscode.extensions.getExtension('hot-swap.hot-swap')!.packageJSON as {
      contributes: { configuration: { properties: object } };
      capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] } };
    };
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    const settings = Object.keys(manifest.contributes.configuration.properties);
    assert.deepEqual([...restrictedConfigurations].sort(), settings.sort());
  });
});

describe('a server that can not start', () => {
  before(async () => {
    await configure({ command: 'node broken.js' });
    await writeFile(
      join(folder, 'broken.js'),
      "console.log('booting');\nthrow new TypeError('no database');\n",
    );
  });

  after(async () => {
    await vscode.commands.executeCommand('hotSwap.stop', ref);
    await set('servers', undefined);
  });

  it('is down, with a problem where it threw', async () => {
    const outcome = await vscode.commands.executeCommand<SwapOutcome>('hotSwap.start', ref);
    assert.equal(outcome.outcome, 'rolledBack');
    await untilStatus(({ state }) => state === 'down', 'it is down');
    const exports = await api();
    await until(exports.onDidChangeIndicators, () => exports.indicators[0]?.alarming === true, 'it is shown');
    assert.equal(exports.indicators[0]?.text, '$(error) down');
    const [problem] = vscode.languages.getDiagnostics(vscode.Uri.file(join(folder, 'broken.js')));
    assert.equal(problem?.range.start.line, 1);
    assert.match(problem.message, /no database/);
  });

  it('has no problem left when it is stopped', async () => {
    await vscode.commands.executeCommand('hotSwap.stop', ref);
    await untilStatus(({ state }) => state === 'off', 'it is off');
    assert.deepEqual(vscode.languages.getDiagnostics(vscode.Uri.file(join(folder, 'broken.js'))), []);
  });
});
