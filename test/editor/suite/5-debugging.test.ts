import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HandoffEvent } from '../../../src/shared/model.ts';
import { everything } from '../../tools/everything.mts';
import { processesMentioning } from '../../supervisor/processes.ts';
import {
  api,
  configure,
  edit,
  folder,
  generation,
  get,
  newerThan,
  ref,
  set,
  until,
  untilStatus,
} from './workspace.ts';

const swaps = everything ? 20 : 1;

interface Stop {
  readonly line: number;
  readonly file: string;
  readonly generation: string;
  readonly goOn: () => Promise<unknown>;
}

/** js-debug's sessions stop at these, in order. */
class Stops {
  private readonly emitter = new vscode.EventEmitter<void>();
  private readonly all: { session: vscode.DebugSession; thread: number; line: number; file: string }[] = [];
  private readonly registration = vscode.debug.registerDebugAdapterTrackerFactory('pwa-node', {
    createDebugAdapterTracker: (session) => ({
      onDidSendMessage: (message: { event?: string; body?: { threadId: number } }) => {
        if (message.event === 'stopped') void this.stopped(session, message.body!.threadId);
      },
    }),
  });

  dispose(): void {
    this.registration.dispose();
  }

  /** Asks until an answer is held at a breakpoint: one that was set just now may not be known there yet. */
  async held(): Promise<{ readonly stop: Stop; readonly answer: ReturnType<typeof get> }> {
    for (;;) {
      let isAnswered = false;
      const answer = get('/slow');
      void answer.finally(() => {
        isAnswered = true;
        this.emitter.fire();
      });
      const isOver = (): boolean => isAnswered || this.all.length > 0;
      await until(this.emitter.event, isOver, 'it is answered, or a breakpoint is hit');
      if (this.all.length > 0) return { stop: await this.next(), answer };
    }
  }

  /** The next stop, with the name of its generation's session. */
  async next(): Promise<Stop> {
    await until(this.emitter.event, () => this.all.length > 0, 'a breakpoint is hit');
    const { session, thread, line, file } = this.all.shift()!;
    const generation = session.parentSession!;
    return {
      line,
      file,
      generation: generation.name,
      goOn: () => Promise.resolve(session.customRequest('continue', { threadId: thread })),
    };
  }

  private async stopped(session: vscode.DebugSession, thread: number): Promise<void> {
    const trace = (await session.customRequest('stackTrace', { threadId: thread, levels: 1 })) as {
      stackFrames: { line: number; source: { path: string } }[];
    };
    const [frame] = trace.stackFrames;
    this.all.push({ session, thread, line: frame!.line, file: frame!.source.path });
    this.emitter.fire();
  }
}

function breakAt(file: string, line: number): vscode.Breakpoint {
  const place = new vscode.Location(
    vscode.Uri.joinPath(vscode.Uri.file(folder), file),
    new vscode.Position(line - 1, 0),
  );
  const breakpoint = new vscode.SourceBreakpoint(place);
  vscode.debug.addBreakpoints([breakpoint]);
  return breakpoint;
}

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
    vscode.debug.onDidTerminateDebugSession,
    () => vscode.debug.activeDebugSession === undefined,
    'no debug session is left',
  );

describe('a server that is debugged, by js-debug', () => {
  let stops: Stops;

  before(async function () {
    if (!everything) this.skip();
    await configure();
    stops = new Stops();
    await edit('routes/demo.js', route(0));
    await edit('version.js', "'use strict';\nmodule.exports = { VERSION: 'v1' };\n"); // as it is stopped in
  });

  after(async () => {
    if (!everything) return;
    stops.dispose();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.debug.stopDebugging();
    await vscode.commands.executeCommand('hotSwap.stop', ref);
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
      await untilStatus(({ standby }) => standby.state === 'warm', 'the standby is ready');
      const before = await generation();
      const began = performance.now();
      const breakpoint = breakAt('routes/demo.js', 5 + n);
      await edit('routes/demo.js', route(n));
      await newerThan(before);
      console.log(`save → served: ${(performance.now() - began).toFixed(0)} ms`);
      const answer = get('/slow');
      const stop = await stops.next();
      console.log(`save → stopped in the new line: ${(performance.now() - began).toFixed(0)} ms`);
      assert.deepEqual([stop.line, stop.generation], [5 + n, `api · gen ${before + 1}`]);
      await stop.goOn();
      assert.equal((await answer).body, `route ${n}`);
      vscode.debug.removeBreakpoints([breakpoint]);
    }
    subscription.dispose();
    assert.deepEqual(new Set(origins), new Set(['standby']));
  });

  it('is not swapped while it is paused; then nothing is lost', async () => {
    const { onDidHappen, onDidChangeIndicators } = await api();
    const events: HandoffEvent[] = [];
    const subscription = onDidHappen((event) => events.push(event));
    const before = await generation();
    const breakpoint = breakAt('routes/demo.js', 5 + swaps);
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
});
