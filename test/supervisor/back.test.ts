import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { HandoffEvent, ServerStatus } from '../../src/shared/model.ts';
import * as rpc from '../../src/shared/rpc.ts';
import { Load } from './load.ts';
import { bodyAt, Supervised } from './supervised.ts';

/** Answers with what three of its files say, each read in another way: as a module, as text at its start, by a thread. */
const commonJs: Files = {
  'server.js': `
    const { readFileSync } = require('node:fs');
    const { Worker } = require('node:worker_threads');
    const { word } = require('./word.js');
    const text = readFileSync('text.txt', 'utf8');
    const thread = new Worker("require('node:worker_threads').parentPort.postMessage(require('" + __dirname + "/threads.js'))", { eval: true });
    thread.on('message', (said) => require('node:http').createServer((_, response) => response.end([word, text, said].join(' '))).listen(process.env.PORT));`,
  'word.js': (version) => `exports.word = '${version}';`,
  'text.txt': (version) => `text-${version}`,
  'threads.js': (version) => `module.exports = 'thread-${version}';`,
};
const esModules: Files = {
  'server.mjs': `
    import http from 'node:http';
    import { word } from './word.mjs';
    const { said } = await import('./late.mjs');
    http.createServer((_, response) => response.end(word + ' ' + said)).listen(process.env.PORT);`,
  'word.mjs': (version) => `export const word = '${version}';`,
  'late.mjs': (version) => `export const said = 'late-${version}';`,
};

type Files = Readonly<Record<string, string | ((version: string) => string)>>;

/** A server in its workspace, as whoever edits it has it. */
class Edited {
  private generation = 1;

  private constructor(
    private readonly supervised: Supervised,
    private readonly name: string,
    private readonly files: Files,
    readonly port: number,
  ) {}

  static async start(supervised: Supervised, name: string, files: Files, main: string): Promise<Edited> {
    for (const file of Object.keys(files)) supervised.write(`${name}/${file}`, contentOf(files, file, 'v1'));
    const port = await supervised.serve(name, 'server.js' in files ? contentOf(files, 'server.js', '') : '', {
      command: ['node', main],
      watchDisk: false,
      standby: true,
    });
    const edited = new Edited(supervised, name, files, port);
    await edited.standsBy();
    return edited;
  }

  /** All of them, as one save. */
  async save(version: string): Promise<number> {
    const changing = Object.keys(this.files).filter((file) => typeof this.files[file] === 'function');
    for (const file of changing)
      this.supervised.write(`${this.name}/${file}`, contentOf(this.files, file, version));
    const files = changing.map((file) => this.path(file));
    await this.supervised.connection.sendNotification(rpc.saved, { files, time: Date.now() });
    return this.served();
  }

  /** Milliseconds that it took. */
  async back(): Promise<number> {
    const outcome = await this.supervised.connection.sendRequest(rpc.back, { server: this.name });
    assert.equal(outcome.outcome, 'swapped', JSON.stringify(outcome));
    return this.served();
  }

  async crash(): Promise<void> {
    process.kill((await this.status())?.serving?.pid ?? 0, 'SIGKILL');
    await this.served();
  }

  /** One that replaces what this generation was made of: which of the two kinds that was depends on the time it had. */
  async standsBy(): Promise<void> {
    const { generation } = this;
    const { events } = this.supervised;
    const serves = (): number =>
      events.findIndex(
        (event) => event.event === 'serving' && event.server === this.name && event.generation === generation,
      );
    await this.supervised.happened(
      (event) =>
        event.event === 'standby' &&
        event.server === this.name &&
        (event.state === 'warm' || event.state === 'ahead') &&
        events.indexOf(event) > serves(),
    );
  }

  async status(): Promise<ServerStatus | undefined> {
    const all = await this.supervised.connection.sendRequest(rpc.status);
    return all.find(({ name }) => name === this.name);
  }

  hashes(): string[] {
    return Object.keys(this.files).map((file) =>
      createHash('sha1')
        .update(readFileSync(this.path(file)))
        .digest('hex'),
    );
  }

  path(file: string): string {
    return path.join(this.supervised.folder, this.name, file);
  }

  private async served(): Promise<number> {
    this.generation += 1;
    const { generation } = this;
    const isIt = (event: HandoffEvent): boolean =>
      event.event === 'serving' && event.server === this.name && event.generation === generation;
    await this.supervised.happened(isIt);
    const event = this.supervised.events.find(isIt);
    return event?.event === 'serving' ? event.swapMs : NaN;
  }
}

function contentOf(files: Files, file: string, version: string): string {
  const content = files[file]!;
  return typeof content === 'string' ? content : content(version);
}

function told(t: TestContext, name: string, save: number, back: number): void {
  t.diagnostic(`${name}: the save took ${save.toFixed(0)} ms, back ${back.toFixed(0)} ms`);
}

describe('back one generation', () => {
  it('serves the code before, from the standby, without touching a file or failing a request', async (t) => {
    const supervised = await Supervised.start(t);
    const app = await Edited.start(supervised, 'cjs', commonJs, 'server.js');
    await assert.rejects(app.back(), /can't go back one generation: no earlier code is known/);
    const load = Load.start(t, app.port);
    const saveMs = await app.save('v2');
    assert.equal(await bodyAt(app.port), 'v2 text-v2 thread-v2');
    await app.standsBy();
    const before = app.hashes();
    const backMs = await app.back();
    told(t, 'CommonJS', saveMs, backMs);
    assert.equal(await bodyAt(app.port), 'v1 text-v1 thread-v1');
    assert.deepEqual(app.hashes(), before);
    const status = await app.status();
    assert.deepEqual(
      [status?.state, status?.serving?.generation, status?.serving?.codeOf],
      ['serving', 3, 1],
    );
    const starting = supervised.events.find((event) => event.event === 'starting' && event.generation === 3);
    assert.ok(starting?.event === 'starting' && starting.origin !== 'cold', JSON.stringify(starting));

    // The same code again if it dies.
    await app.standsBy();
    await supervised.retired('cjs', 2); // sooner than that, it would take the socket back
    await app.crash();
    assert.equal(await bodyAt(app.port), 'v1 text-v1 thread-v1');
    assert.equal((await app.status())?.serving?.codeOf, 1);

    // A save leaves it, one that brings nothing new, too.
    await app.save('v2');
    assert.equal(await bodyAt(app.port), 'v2 text-v2 thread-v2');
    assert.equal((await app.status())?.serving?.codeOf, undefined);
    await app.save('v3');
    await app.back();
    assert.equal(await bodyAt(app.port), 'v2 text-v2 thread-v2');
    await app.back();
    assert.equal(await bodyAt(app.port), 'v1 text-v1 thread-v1');
    const outcome = await load.stop();
    assert.deepEqual([outcome.bad, outcome.refused], [0, 0], JSON.stringify(outcome));
  });

  it('shows the loader of ES modules the code before, too', async (t) => {
    const supervised = await Supervised.start(t);
    const app = await Edited.start(supervised, 'esm', esModules, 'server.mjs');
    const saveMs = await app.save('v2');
    assert.equal(await bodyAt(app.port), 'v2 late-v2');
    await app.standsBy();
    told(t, 'ES modules', saveMs, await app.back());
    assert.equal(await bodyAt(app.port), 'v1 late-v1');
    await app.save('v3');
    assert.equal(await bodyAt(app.port), 'v3 late-v3');
  });
});
