import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { HandoffEvent } from '../../../src/shared/model.ts';
import { everything } from '../../tools/everything.mts';
import { judge } from '../../tools/limits.ts';
import { processesMentioning } from '../../supervisor/processes.ts';
import { breakAt, Stops } from './stops.ts';
import {
  api,
  configure,
  edit,
  generation,
  get,
  insert,
  newerThan,
  ref,
  set,
  textOf,
  until,
  untilStatus,
} from './workspace.ts';

const swaps = everything ? 20 : 3;

/** Line `5 + n` answers. */
const route = (n: number): string => `const express = require('express');

const router = express.Router();
${'\n'.repeat(n)}router.get('/slow', (request, response) => {
  response.send('route ${n}');
});

module.exports = router;
`;

/** Resolves when no debug session is left. */
const ended = (): Promise<void> =>
  until(
    vscode.debug.onDidChangeActiveDebugSession, // the end of the last one is told before it is not active any more
    () => vscode.debug.activeDebugSession === undefined,
    'no debug session is left',
  );

describe('a server that is debugged, by js-debug', () => {
  let stops: Stops;
  let demo = '';

  before(async () => {
    await configure();
    stops = new Stops();
    demo = await textOf('routes/demo.js');
    await edit('routes/demo.js', route(0));
    await edit('version.js', "'use strict';\nmodule.exports = { VERSION: 'v1' };\n"); // as it is stopped in
  });

  after(async () => {
    stops.dispose();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.debug.stopDebugging();
    await vscode.commands.executeCommand('hotSwap.stop', ref);
    await edit('routes/demo.js', demo); // others ask it for more
    await set('servers', undefined);
  });

  it('is started by the command, and stops in its start-up', async () => {
    const start = breakAt('version.js', 2);
    await vscode.commands.executeCommand('hotSwap.debug', ref);
    const stop = await stops.next();
    assert.equal(stop.line, 2);
    assert.match(stop.generation, /^api · gen \d+$/); // numbers go on after other suites
    await stop.goOn();
    await newerThan(0);
    vscode.debug.removeBreakpoints([start]);
  });

  it(`stops at the new line after each of ${swaps} save(s), from standby`, async () => {
    const { onDidHappen } = await api();
    const origins: string[] = [];
    const subscription = onDidHappen((event) => {
      if (event.event === 'starting') origins.push(event.origin);
    });
    for (let n = 1; n <= swaps; n += 1) {
      await stops.ahead();
      const before = await generation();
      const began = performance.now();
      const breakpoint = breakAt('routes/demo.js', 5 + n);
      await edit('routes/demo.js', route(n));
      await newerThan(before);
      console.log(`save → served: ${(performance.now() - began).toFixed(0)} ms`);
      const answer = get('/slow');
      const stop = await stops.next();
      console.log(`save → stopped in the new line: ${(performance.now() - began).toFixed(0)} ms`);
      const name = `api · gen ${before + 1}`;
      assert.deepEqual([stop.line, stop.generation, stop.shown], [5 + n, name, name]);
      await stop.goOn();
      assert.equal((await answer).body, `route ${n}`);
      vscode.debug.removeBreakpoints([breakpoint]);
    }
    subscription.dispose();
    assert.deepEqual(new Set(origins), new Set(['standby']));
  });

  it('stops where an edit has moved a breakpoint, from standby', async () => {
    const breakpoint = breakAt('routes/demo.js', 5 + swaps);
    await stops.ahead();
    const before = await generation();
    await insert('routes/demo.js', '// one line more\n');
    await newerThan(before);
    const answer = get('/slow');
    const stop = await stops.next();
    assert.deepEqual([stop.line, stop.generation], [6 + swaps, `api · gen ${before + 1}`]);
    await stop.goOn();
    assert.equal((await answer).body, `route ${swaps}`);
    vscode.debug.removeBreakpoints([breakpoint]);
  });

  it('is not swapped while it is paused; then nothing is lost', async () => {
    const { onDidHappen, onDidChangeIndicators } = await api();
    const events: HandoffEvent[] = [];
    const subscription = onDidHappen((event) => events.push(event));
    const before = await generation();
    const breakpoint = breakAt('routes/demo.js', 6 + swaps);
    const { stop, answer: held } = await stops.held();
    vscode.debug.removeBreakpoints([breakpoint]);
    await edit('routes/demo.js', route(0));
    const exports = await api();
    const says = (): string => exports.indicators[0]?.text ?? '';
    const pending = `$(debug-pause) paused in gen ${before}: the swap follows when you continue`;
    await until(
      onDidChangeIndicators,
      () => says() === pending,
      () => `pending; it says ${says()}`,
    );
    const waits = get('/slow');
    await stop.goOn();
    const { serving } = await newerThan(before);
    assert.equal((await held).body, `route ${swaps}`);
    assert.equal((await waits).body, 'route 0');
    const retired = (): HandoffEvent | undefined =>
      events.find((event) => event.event === 'retired' && event.generation === before);
    await until(onDidHappen, () => retired() !== undefined, 'the old generation is gone');
    const end = retired();
    assert.equal(end?.event === 'retired' && end.lost, 0);
    assert.equal(serving?.generation, before + 1);
    subscription.dispose();
  });

  it('is swapped at once by Swap Now, and what was paused is answered', async () => {
    const before = await generation();
    const breakpoint = breakAt('routes/demo.js', 5);
    const { answer: held } = await stops.held();
    vscode.debug.removeBreakpoints([breakpoint]);
    await edit('routes/demo.js', route(1));
    await untilStatus(({ debugging }) => debugging?.pending === true, 'it waits');
    await vscode.commands.executeCommand('hotSwap.swap', ref);
    assert.equal((await held).body, 'route 0');
    await newerThan(before);
    assert.equal((await get('/slow')).body, 'route 1');
  });

  it('ends, and the server serves on', async () => {
    await vscode.debug.stopDebugging();
    await ended();
    const { debugging, state } = await untilStatus(
      (status) => status.debugging === undefined,
      'nobody debugs',
    );
    assert.deepEqual([debugging, state], [undefined, 'serving']);
    assert.equal((await get('/slow')).body, 'route 1');
  });

  it('is started by F5, and ended by Stop, with all its processes', async () => {
    await vscode.commands.executeCommand('hotSwap.stop', ref);
    await untilStatus(({ state }) => state === 'off', 'it is off');
    const exports = await api();
    const status = () => exports.statuses.find(({ name }) => name === 'from F5');
    const configuration = {
      ...{ type: 'hotSwap', request: 'launch', name: 'from F5' },
      program: '${workspaceFolder}/server.js',
      runtimeArgs: ['--no-warnings'],
      env: { BY: 'F5' },
    };
    const breakpoint = breakAt('version.js', 2);
    const launched = await vscode.debug.startDebugging(vscode.workspace.workspaceFolders![0], configuration);
    assert.ok(launched);
    const stop = await stops.next();
    assert.equal(stop.generation, 'from F5 · gen 1');
    vscode.debug.removeBreakpoints([breakpoint]);
    await stop.goOn();
    await until(exports.onDidChangeStatus, () => status()?.state === 'serving', 'it serves');
    const own = processesMentioning('BY=F5');
    assert.ok(own.length > 0);
    assert.match((await get('/slow')).body, /route/);

    await vscode.debug.stopDebugging();
    await ended();
    await until(exports.onDidChangeStatus, () => status()?.state === 'off', 'it is off');
    assert.deepEqual(processesMentioning('BY=F5'), []);
  });

  it('is attached to once where auto attach is on', async function () {
    if (!everything) this.skip();
    await vscode.commands.executeCommand('hotSwap.stop', ref);
    const autoAttach = (filter?: string): Thenable<void> =>
      vscode.workspace
        .getConfiguration('debug.javascript')
        .update('autoAttachFilter', filter, vscode.ConfigurationTarget.Global);
    await autoAttach('always');
    const begun: vscode.DebugSession[] = [];
    const subscription = vscode.debug.onDidStartDebugSession((session) => begun.push(session));
    await vscode.commands.executeCommand('hotSwap.start', ref);
    const { serving } = await newerThan(0);
    assert.equal(begun.length, 0, 'what nobody debugs is not attached to');
    await vscode.commands.executeCommand('hotSwap.debug', ref);
    await stops.ahead();
    await edit('routes/demo.js', route(2)); // not what the stories before have left there
    await newerThan(serving!.generation);
    const all: readonly vscode.DebugSession[] = begun; // more of them since it was empty
    const rootOf = (session: vscode.DebugSession): vscode.DebugSession =>
      session.parentSession === undefined ? session : rootOf(session.parentSession);
    assert.deepEqual(new Set(all.map((session) => rootOf(session).type)), new Set(['hotSwap']));
    const processes = all.filter(({ parentSession }) => parentSession?.type === 'pwa-node');
    const names = processes.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length, `each has one: ${names.join(', ')}`);
    assert.ok(names.length >= 2, names.join(', '));
    subscription.dispose();
    await vscode.debug.stopDebugging();
    await ended();
    await vscode.commands.executeCommand('hotSwap.stop', ref);
    await autoAttach();
  });

  it('takes less time for a save than a plain session takes to restart', async function () {
    if (!everything) this.skip();
    const [workspace] = vscode.workspace.workspaceFolders!;
    const plain = { type: 'node', request: 'launch', name: 'plain', program: '${workspaceFolder}/server.js' };
    await vscode.commands.executeCommand('hotSwap.stop', ref); // it takes the port
    await edit('routes/demo.js', route(0));
    await vscode.debug.startDebugging(workspace, plain);
    await answered(0);
    const restarts = await medianOf(async (n) => {
      await edit('routes/demo.js', route(n));
      await vscode.commands.executeCommand('workbench.action.debug.restart');
      await answered(n);
    });
    // One that restarts may outlive the first word; who says it ever again keeps it from its end.
    while (vscode.debug.activeDebugSession !== undefined) {
      await vscode.debug.stopDebugging();
      await Promise.race([ended(), pause(patienceMs)]);
    }
    await vscode.commands.executeCommand('hotSwap.debug', ref);
    await newerThan(0);
    const swapped = await medianOf(
      async (n) => {
        await edit('routes/demo.js', route(n));
        await answered(n);
        const { serving } = await newerThan(0);
        console.log(`from the save: ${JSON.stringify(serving?.steps)}`);
      },
      () => stops.ahead(),
    );
    const ratio = swapped / restarts;
    console.log(
      `save → new: ${swapped.toFixed(0)} ms, plain restart ${restarts.toFixed(0)} ms: ${ratio.toFixed(2)}`,
    );
    judge('a save under the debugger, by a plain debug restart', ratio, 0.25);
  });
});

/** After which a session is told once more to stop. */
const patienceMs = 2000;

/** Resolves when that code answers, however often it has to be asked. */
async function answered(n: number): Promise<void> {
  for (;;) {
    const answer = await get('/slow').catch(() => undefined);
    if (answer?.body === `route ${n}`) return;
    await pause(20);
  }
}

/** Ms, of three. */
async function medianOf(
  run: (n: number) => Promise<unknown>,
  ready: () => Promise<unknown> = () => Promise.resolve(),
): Promise<number> {
  const took: number[] = [];
  for (let n = 1; n <= 3; n += 1) {
    await ready();
    const began = performance.now();
    await run(n);
    took.push(performance.now() - began);
  }
  return took.sort((a, b) => a - b)[1]!;
}
