import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Row } from '../../../src/editor/view/row.ts';
import type { SwapOutcome } from '../../../src/shared/model.ts';
import { api, configure, edit, folder, get, Loop, newerThan, port, ref, set, until } from './workspace.ts';

const version = (text: string): string => `'use strict';\nmodule.exports = { VERSION: '${text}' };\n`;

async function untilRow(check: (row: Row) => boolean, what: string): Promise<Row> {
  const exports = await api();
  const find = (): Row | undefined => flat(exports.rows).find(check);
  await until(
    exports.onDidShowRows,
    () => find() !== undefined,
    () => `${what}: ${JSON.stringify(exports.rows)}`,
  );
  return find()!;
}

function flat(rows: readonly Row[]): readonly Row[] {
  return rows.flatMap((row) => [row, ...flat(row.children ?? [])]);
}

describe('the Generations view', () => {
  before(async () => {
    await configure({ drainTimeout: 60_000 });
    await vscode.commands.executeCommand('hotSwap.start', ref);
    await newerThan(0);
  });

  after(async () => {
    await vscode.commands.executeCommand('hotSwap.stop', ref);
    await set('servers', undefined);
  });

  it('is empty until somebody looks at it', async () => {
    assert.deepEqual((await api()).rows, []);
  });

  it('shows the generation that serves, once it is visible', async () => {
    await vscode.commands.executeCommand('hotSwap.showGenerations');
    const row = await untilRow(({ kind }) => kind === 'generation.serving', 'a generation serves');
    assert.match(row.spoken, /^api: generation \d+, serving, /);
  });

  it('shows what a drain waits for, and cuts it', async () => {
    const before = (await api()).statuses[0]?.serving?.generation ?? 0;
    const slow = new Promise<string>((resolve) => {
      const request = http.get({ port, path: '/slow?ms=60000', host: '127.0.0.1', agent: false }, () =>
        resolve('answered'),
      );
      request.on('error', () => resolve('cut'));
    });
    await untilRow(({ label }) => label === 'GET /slow?ms=60000', 'the request is in flight');
    await edit('version.js', version('view'));
    await newerThan(before);
    const row = await untilRow(
      ({ generation, kind }) => kind === 'request' && generation === before,
      'the older generation waits for it',
    );
    await vscode.commands.executeCommand('hotSwap.cutRequest', row);
    assert.equal(await slow, 'cut');
    await untilRow(
      ({ kind, generation }) => kind === 'swap' && generation === before + 1,
      'the swap is told',
    );
  });

  it('goes back one generation, and forward with the next save', async () => {
    const before = (await api()).statuses[0]?.serving?.generation ?? 0;
    await edit('version.js', version('wrong'));
    await newerThan(before);
    const hash = (): string =>
      createHash('sha1')
        .update(readFileSync(join(folder, 'version.js')))
        .digest('hex');
    const saved = hash();
    const loop = new Loop();
    const outcome = await vscode.commands.executeCommand<SwapOutcome>('hotSwap.back', ref);
    assert.equal(outcome.outcome, 'swapped', JSON.stringify(outcome));
    assert.match((await get()).body, /view/);
    const exports = await api();
    const shows = (): boolean =>
      exports.indicators.some(({ text }) => text.includes(`(code of gen ${before})`));
    await until(exports.onDidChangeIndicators, shows, 'the status bar says so');
    assert.equal(hash(), saved);
    await edit('version.js', version('right'));
    await newerThan(before + 2);
    assert.match((await get()).body, /right/);
    await loop.end();
    assert.deepEqual(loop.failures, []);
  });

  it('opens the picture of a swap', async () => {
    await vscode.commands.executeCommand('hotSwap.showTimeline', ref);
    const tabs = (): readonly vscode.Tab[] => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);
    const isOpen = (): boolean => tabs().some(({ label }) => /^api: gen \d+ → gen \d+$/.test(label));
    await until(
      vscode.window.tabGroups.onDidChangeTabs,
      isOpen,
      () =>
        `it is open: ${tabs()
          .map(({ label }) => label)
          .join(', ')}`,
    );
  });
});
