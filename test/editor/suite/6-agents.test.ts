import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { api, configure, edit, folder, get, newerThan, ref, set, untilStatus } from './workspace.ts';

async function tool(name: string): Promise<string> {
  const { content } = await vscode.lm.invokeTool(name, { input: {}, toolInvocationToken: undefined });
  return content.map((part) => (part as vscode.LanguageModelTextPart).value).join('');
}

describe('tests and agents', () => {
  before(async () => {
    await configure();
    await vscode.commands.executeCommand('hotSwap.start', ref);
    await newerThan(0);
  });

  after(async () => {
    await vscode.commands.executeCommand('hotSwap.stop', ref);
    await set('servers', undefined);
  });

  it('are told what serves, and wait for what they have written', async () => {
    assert.match(
      await tool('hotSwap_status'),
      /^api: serving, gen \d+ serves \(pid \d+\), on http:\/\/localhost:\d+\/$/,
    );
    assert.match(await tool('hotSwap_lastError'), /^api: no error/);
    await edit('version.js', "module.exports = { VERSION: 'agents' };\n");
    const outcome = await (await api()).wait('api');
    assert.equal(outcome.outcome, 'swapped');
    assert.match((await get()).body, /agents/);
  });

  it('hear what is wrong, and where', async () => {
    await edit('version.js', 'const = 3;\n');
    const { outcome } = await (await api()).wait('api');
    assert.equal(outcome, 'rolledBack');
    assert.match(
      await tool('hotSwap_status'),
      /^api: stale, gen \d+ serves .*\nversion\.js:1:\d+: error: SyntaxError/,
    );
    assert.match(await tool('hotSwap_lastError'), /^version\.js:1:\d+: error: SyntaxError[^]*It printed:/);
    await edit('version.js', "module.exports = { VERSION: 'mended' };\n");
    await untilStatus(({ state }) => state === 'serving', 'it is mended');
  });

  it('run it as a task, whose errors are problems', async () => {
    const tasks = await vscode.tasks.fetchTasks({ type: 'hotSwap' });
    assert.deepEqual(tasks.map(({ name }) => name).sort(), ['start api', 'swap api', 'wait api']);
    const swap = tasks.find(({ name }) => name === 'swap api')!;
    await edit('version.js', 'const = 3;\n');
    const problems = new Promise<void>((resolve) => {
      const subscription = vscode.languages.onDidChangeDiagnostics(() => {
        const all = vscode.languages.getDiagnostics(vscode.Uri.file(join(folder, 'version.js')));
        if (all.length === 0) return;
        subscription.dispose();
        resolve();
      });
    });
    const ended = new Promise<void>((resolve) => {
      const subscription = vscode.tasks.onDidEndTask(({ execution }) => {
        if (execution.task.name !== swap.name) return;
        subscription.dispose();
        resolve();
      });
    });
    await vscode.tasks.executeTask(swap);
    await ended;
    await problems;
  });
});
