import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { SwapOutcome } from '../../../src/shared/model.ts';
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
  Loop,
  ref,
  newerThan,
  textOf,
  untilStatus,
  until,
} from './workspace.ts';

const version = (text: string): string => `module.exports = { VERSION: '${text}' };\n`;

/** Whether the extension host has time to hear of a save before the file is written. */
const moments = [
  ['', () => undefined],
  [', though extensions hear of it late', busyAtNextSave],
] as const;

async function indicator(): Promise<{ text: string; label: string; alarming: boolean } | undefined> {
  return (await api()).indicators[0];
}

async function untilIndicator(pattern: RegExp): Promise<void> {
  const exports = await api();
  await until(
    exports.onDidChangeIndicators,
    () => pattern.test(exports.indicators[0]?.text ?? ''),
    String(pattern),
  );
}

/** Problems of ours in a file. */
function problems(path: string): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(vscode.Uri.file(join(folder, path)))
    .filter((each) => each.source?.startsWith('Hot Swap'));
}

describe('a server under Hot Swap', () => {
  let loop: Loop;

  before(async () => {
    await configure();
  });

  after(async () => {
    await vscode.commands.executeCommand('hotSwap.stop', ref);
    await vscode.workspace
      .getConfiguration('hotSwap')
      .update('servers', undefined, vscode.ConfigurationTarget.Workspace);
  });

  it('is off before it is started', async () => {
    await untilIndicator(/Hot Swap$/);
    assert.deepEqual(await indicator(), {
      text: '$(circle-outline) Hot Swap',
      label: 'Hot Swap: no server running',
      alarming: false,
    });
  });

  it('starts as generation 1', async () => {
    const outcome = await vscode.commands.executeCommand<SwapOutcome>('hotSwap.start', ref);
    assert.equal(outcome.outcome, 'swapped', JSON.stringify(outcome));
    const status = await newerThan(0);
    assert.equal(status.serving?.generation, 1);
    const port = status.listeners[0]?.port;
    assert.match((await get()).body, / from /);
    await untilIndicator(/gen 1/);
    assert.deepEqual(await indicator(), {
      text: `$(arrow-swap) gen 1 :${port}`,
      label: `api: generation 1 serving on port ${port}`,
      alarming: false,
    });
  });

  it('is swapped by a save while no client sees a failure', async () => {
    loop = new Loop();
    await edit('version.js', version('second'));
    const status = await newerThan(1);
    await loop.seen('second');
    await loop.end();
    assert.deepEqual(loop.failures, []);
    const newer = loop.bodies.findIndex((body) => body.includes('second'));
    assert.ok(
      loop.bodies.slice(newer).every((body) => body.includes('second')),
      'older code after newer',
    );
    await untilIndicator(new RegExp(`arrow-swap\\) gen ${status.serving?.generation} :\\d+`));
  });

  for (const [when, prepare] of moments) {
    it(`is swapped once by one Save All${when}`, async () => {
      const before = await generation();
      await change('version.js', version(`third${when}`));
      await change('routes/demo.js', `${await textOf('routes/demo.js')}// third\n`);
      prepare();
      const causes = await causesDuring(async () => {
        await vscode.commands.executeCommand('workbench.action.files.saveAll');
        await newerThan(before);
        assert.match((await get()).body, new RegExp(`third${when}`));
        // Were there a second swap, it would be before this one.
        await edit('version.js', version('fourth'));
        await newerThan(before + 1);
      });
      assert.deepEqual([causes, await generation()], [['save', 'save'], before + 2]);
    });
  }

  it('shows a syntax error as stale, with a problem at its line, and serves on', async () => {
    const before = await generation();
    await edit('version.js', "'use strict';\nmodule.exports = { VERSION: 'fifth' };\nconst = 3;\n");
    const { serving, failure } = await untilStatus(({ state }) => state === 'stale', 'it is stale');
    assert.equal(serving?.generation, before);
    assert.match((await get()).body, /fourth/);
    await untilIndicator(/failed/);
    assert.deepEqual(await indicator(), {
      text: `$(warning) gen ${before} (${failure?.generation} failed)`,
      label: `api: generation ${failure?.generation} failed to start, generation ${before} still serves older code`,
      alarming: true,
    });
    const [problem, ...others] = problems('version.js');
    assert.deepEqual(others, []);
    assert.equal(problem?.range.start.line, 2);
    assert.match(problem.message, /SyntaxError/);
  });

  it('goes to the error by command', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('hotSwap.goToError', ref);
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.fileName, join(folder, 'version.js'));
    assert.equal(editor.selection.start.line, 2);
  });

  it('clears both when the error is fixed', async () => {
    await edit('version.js', version('sixth'));
    const { serving } = await newerThan(await generation());
    assert.deepEqual(problems('version.js'), []);
    await untilIndicator(new RegExp(`arrow-swap\\) gen ${serving?.generation} `));
    assert.match((await get()).body, /sixth/);
  });

  for (const [when, prepare] of moments) {
    it(`is swapped by command, once, with what was not saved yet${when}`, async () => {
      const before = await generation();
      await change('version.js', version(`command ${before}`));
      prepare();
      const causes = await causesDuring(async () => {
        const outcome = await vscode.commands.executeCommand<SwapOutcome>('hotSwap.swap');
        assert.equal(outcome.outcome, 'swapped');
      });
      assert.deepEqual([causes, await generation()], [['command'], before + 1]);
      assert.match((await get()).body, new RegExp(`command ${before}`));
    });
  }

  it('ignores a file that it has not loaded', async () => {
    const exports = await api();
    const before = await generation();
    const ignored: string[] = [];
    const subscription = exports.onDidHappen((event) => {
      if (event.event === 'ignored') ignored.push(`${event.file} ${event.reason}`);
    });
    await edit('README.md', '# changed\n');
    await until(exports.onDidHappen, () => ignored.length > 0, 'the save is ignored');
    subscription.dispose();
    assert.deepEqual(ignored, [`${join(folder, 'README.md')} notLoaded`]);
    assert.equal(await generation(), before);
  });

  it('is started afresh by the cold restart, on a new generation', async () => {
    const before = await generation();
    await vscode.commands.executeCommand('hotSwap.restart', ref);
    await newerThan(before);
  });

  it('prints to a terminal of its own', async () => {
    await vscode.commands.executeCommand('hotSwap.showOutput', ref);
    const isOurs = (): boolean => vscode.window.activeTerminal?.name === 'api';
    await until(vscode.window.onDidChangeActiveTerminal, isOurs, 'the terminal is shown');
  });

  it('stops, and then is off', async () => {
    await vscode.commands.executeCommand('hotSwap.stop');
    await untilStatus(({ state }) => state === 'off', 'it is off');
    await untilIndicator(/circle-outline/);
    await assert.rejects(get());
  });
});
