import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { everything } from '../../tools/everything.mts';
import { breakAt, Stops } from './stops.ts';
import { configure, edit, folder, generation, get, newerThan, port, ref, set } from './workspace.ts';

/** In line 12, and what it is compiled to in another one. */
const answers = 12;
const source = (version: string): string => `import http from 'node:http';

interface Answer {
  readonly path: string;
  readonly version: string;
}

type Maybe<T> = T | undefined;

const server = http.createServer((request, response) => {
  const answer: Maybe<Answer> = { path: request.url ?? '', version: '${version}' };
  response.end(JSON.stringify(answer));
});
server.listen(${port});
`;

describe('TypeScript that is debugged under tsx', () => {
  let stops: Stops;

  before(async function () {
    if (!everything) this.skip();
    writeFileSync(join(folder, 'main.ts'), source('v1'));
    await configure({ command: 'node_modules/.bin/tsx main.ts' });
    stops = new Stops();
    await vscode.commands.executeCommand('hotSwap.debug', ref);
    await newerThan(0);
  });

  after(async () => {
    if (!everything) return;
    stops.dispose();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.debug.stopDebugging();
    await vscode.commands.executeCommand('hotSwap.stop', ref);
    await set('servers', undefined);
  });

  it('stops in its own lines where a condition holds, says what a logpoint says, and so it is after a save', async () => {
    const conditional = breakAt('main.ts', answers, { condition: "answer.path === '/stop'" });
    const logs = breakAt('main.ts', answers - 1, { log: 'asked for {request.url}' });
    await untilStopped('v1');
    const before = await generation();
    await edit('main.ts', source('v2'));
    await newerThan(before);
    await untilStopped('v2');
    vscode.debug.removeBreakpoints([conditional, logs]);
  });

  /** Breakpoints that were set just now may not be known there yet. */
  async function untilStopped(version: string): Promise<void> {
    assert.match((await get('/first')).body, new RegExp(version));
    const { stop, answer } = await stops.held('/stop');
    assert.equal(stop.line, answers);
    assert.match(stop.file, /\/main\.ts$/); // a path, or a URI of it
    await stop.goOn();
    assert.deepEqual(JSON.parse((await answer).body), { path: '/stop', version });
    await stops.says('asked for /stop');
    assert.match((await get('/other')).body, /other/, 'where the condition does not hold it goes on');
  }
});
