/** What an editor has unsaved, it speaks for itself, however late. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { attach } from '../../src/client/attach.ts';
import * as rpc from '../../src/shared/rpc.ts';
import { Running } from './running.ts';
import { plain } from './servers.ts';

const answer = (version: string): string => `exports.answer = '${version}';\n`;

async function start(t: TestContext) {
  const app = await Running.start(t, {
    files: {
      'server.js': `const { answer } = require('./answer.js');\n${plain('v1').replaceAll("'v1'", 'answer')}`,
      'answer.js': answer('v1'),
    },
    command: ['node', 'server.js'],
  });
  await app.serving(1);
  const attached = await attach({ workspace: app.workspace, client: 'editor' });
  assert.ok(attached);
  t.after(() => attached.dispose());
  const { connection } = attached;
  let hear = (): Promise<void> => Promise.resolve();
  connection.onRequest(rpc.heard, () => hear());
  const files = [path.join(app.folder, 'answer.js')];
  await connection.sendNotification(rpc.unsaved, { files });
  await connection.sendRequest(rpc.status); // it has heard
  return {
    app,
    /** Seen on disk by now: it came before this change, which swaps. */
    seen: async (generation: number) => {
      app.write('package.json', JSON.stringify({ name: 'app', version: `${generation}.0.0` }));
      await app.serving(generation);
    },
    wrote: () => connection.sendNotification(rpc.writing, { files, time: Date.now() }),
    saved: () => connection.sendNotification(rpc.saved, { files, time: Date.now() }),
    leavesIt: () => connection.sendNotification(rpc.unsaved, { files: [] }),
    closes: () => attached.dispose(),
    /** It has more to hear of than it can. Resolves, when it is asked, to how it catches up. */
    isBusy: () =>
      new Promise<() => void>((asked) => {
        hear = () => {
          hear = () => Promise.resolve();
          return new Promise((catchUp) => asked(catchUp));
        };
      }),
  };
}

/** What started each generation: the files, or how else. */
function causes(app: Running): string[] {
  return app.events.flatMap((event) => {
    if (event.event !== 'starting') return [];
    const { kind, files } = event.cause;
    return [[kind, ...files.map((file) => path.basename(file))].join(' ')];
  });
}

describe('the change on disk of a file that an editor has unsaved', () => {
  it('swaps once, by the save', async (t) => {
    const { app, ...editor } = await start(t);
    app.write('answer.js', answer('v2'));
    await editor.wrote();
    await editor.saved();
    await editor.leavesIt();
    await app.serving(2);
    await editor.seen(3);
    assert.deepEqual(causes(app), ['start', 'save answer.js', 'disk package.json']);
  });

  it('is no swap if it was an auto save', async (t) => {
    const { app, ...editor } = await start(t);
    app.write('answer.js', answer('v2'));
    await editor.seen(2);
    await editor.wrote();
    await editor.leavesIt();
    await editor.seen(3);
    assert.deepEqual(causes(app), ['start', 'disk package.json', 'disk package.json']);
  });

  it('is no swap if it was an auto save of which the editor hears late', async (t) => {
    const { app, ...editor } = await start(t);
    await editor.leavesIt();
    const asked = editor.isBusy();
    app.write('answer.js', answer('v2'));
    const catchUp = await asked;
    await editor.wrote();
    catchUp();
    await editor.seen(2);
    assert.deepEqual(causes(app), ['start', 'disk package.json']);
  });

  it('swaps if the editor gives its changes up', async (t) => {
    const { app, ...editor } = await start(t);
    app.write('answer.js', answer('v2'));
    await editor.leavesIt();
    await app.serving(2);
    assert.deepEqual(causes(app), ['start', 'disk answer.js']);
  });

  it('swaps if the editor is gone', async (t) => {
    const { app, ...editor } = await start(t);
    app.write('answer.js', answer('v2'));
    editor.closes();
    await app.serving(2);
    assert.deepEqual(causes(app), ['start', 'disk answer.js']);
  });
});
