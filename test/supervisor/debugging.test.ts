import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Inspectable } from '../../src/shared/debugging/debug.ts';
import * as rpc from '../../src/shared/rpc.ts';
import { Debugger } from './debugger.ts';
import { bodyAt, Supervised } from './supervised.ts';

/** Line 1 answers, line 2 is of its start. */
const source = (
  text: string,
): string => `const server = require('node:http').createServer((request, response) => {
  response.end('${text}');
}).listen(process.env.PORT);
`;
const answers = 1;
const starts = 0;

/** A server `api` that is debugged from its first generation on. */
class Debugged {
  private readonly told: Inspectable[] = [];
  private readonly waiting: ((where: Inspectable) => void)[] = [];

  private constructor(
    readonly all: Supervised,
    readonly port: number,
  ) {
    all.connection.onNotification(rpc.inspecting, (where) => {
      const waiting = this.waiting.shift();
      if (waiting === undefined) this.told.push(where);
      else waiting(where);
    });
  }

  static async start(t: TestContext, command = ['node', 'server.js'], standby = false): Promise<Debugged> {
    const all = await Supervised.start(t);
    all.write('api/package.json', '{"name":"api","scripts":{"dev":"node server.js"}}');
    const port = await all.serve('api', source('v1'), { command, standby });
    const debugged = new Debugged(all, port);
    await all.connection.sendRequest(rpc.debug, { server: 'api', on: true });
    return debugged;
  }

  get file(): string {
    return path.join(this.all.folder, 'api', 'server.js');
  }

  /** The next place where a debugger can be attached to a generation. */
  async where(): Promise<Inspectable> {
    for (;;) {
      const where = await this.next();
      if (where.generation !== 0) return where;
    }
  }

  /** The same, of a standby, too. */
  async next(): Promise<Inspectable> {
    return this.told.shift() ?? (await new Promise((resolve) => this.waiting.push(resolve)));
  }

  async attach(): Promise<Debugger & { readonly generation: number }> {
    const { port, generation } = await this.where();
    const debug = await Debugger.attach(port);
    await this.attached(port);
    return Object.assign(debug, { generation });
  }

  async attached(port: number, isThere = true): Promise<void> {
    await this.all.connection.sendNotification(rpc.attached, { server: 'api', port, isThere });
  }

  async tell(generation: number, isPaused: boolean): Promise<void> {
    await this.all.connection.sendNotification(rpc.paused, { server: 'api', generation, isPaused });
  }

  saved(text: string): void {
    this.all.write('api/server.js', source(text));
    void this.all.connection.sendNotification(rpc.saved, { files: [this.file], time: Date.now() });
  }

  serving(generation: number): Promise<void> {
    return this.all.happened((event) => event.event === 'serving' && event.generation === generation);
  }
}

describe('a server that is debugged', () => {
  for (const [how, command, standby, origin] of [
    ['cold, through npm', ['npm', 'run', 'dev'], false, 'cold'],
    ['from standby', ['node', 'server.js'], true, 'standby'],
  ] as const) {
    it(`waits for its debugger before its first line, and at breakpoints for who it is: ${how}`, async (t) => {
      const api = await Debugged.start(t, [...command], standby);
      const { all } = api;
      const first = await api.attach();
      assert.equal(first.generation, 1, 'the one that serves already');
      await first.breakAt(api.file, answers);

      const held = bodyAt(api.port);
      assert.equal(await first.stopped(), answers);
      await api.tell(1, true);
      // A debugger comes to a standby before anything is saved, and lets it go: it stays where it is.
      const ahead = standby ? await api.next() : undefined;
      const early = ahead && (await Debugger.attach(ahead.port));
      await early?.letGo();
      api.saved('v2');
      const { generation, port: at } = await api.where();
      assert.equal(generation, 2);
      if (ahead !== undefined) assert.deepEqual([ahead.generation, ahead.port], [0, at]);
      const second = early ?? (await Debugger.attach(at));
      await second.breakAt(api.file, starts); // after it was released, and before it goes on
      await api.attached(at);
      if (!standby) await second.letGo();
      assert.equal(await second.stopped(), starts, 'its start is not over');
      await second.goOn();
      await all.happened(
        (event) => event.event === 'notice' && /^paused in gen 1: the swap/.test(event.message),
      );
      const [status] = await all.connection.sendRequest(rpc.status);
      assert.deepEqual(status?.debugging, { paused: [1], pending: true });
      const waits = bodyAt(api.port);

      await first.goOn();
      await api.tell(1, false);
      assert.equal(await held, 'v1', 'nothing of the request is lost');
      assert.equal(await waits, 'v2');
      await api.serving(2);
      first.leave();
      await all.retired('api', 1);
      const starting = all.events.find((event) => event.event === 'starting' && event.generation === 2);
      assert.equal(starting?.event === 'starting' && starting.origin, origin);
      const end = all.events.find((event) => event.event === 'retired' && event.generation === 1);
      assert.equal(end?.event === 'retired' && end.lost, 0);

      // Nobody comes: it is told so, and later nobody is waited for.
      second.leave();
      if (standby) await api.next();
      api.saved('v3');
      const { port } = await api.where();
      await api.attached(port, false);
      await api.serving(3);
      await all.connection.sendRequest(rpc.debug, { server: 'api', on: false });
      api.saved('v4');
      await api.serving(4);
      assert.equal(await bodyAt(api.port), 'v4');
    });
  }

  it('is left to js-debug where that is in its processes by itself: auto attach', async (t) => {
    const all = await Supervised.start(t, { VSCODE_INSPECTOR_OPTIONS: '{}' });
    const told: Inspectable[] = [];
    all.connection.onNotification(rpc.inspecting, (where) => void told.push(where));
    const env = { ...process.env, VSCODE_INSPECTOR_OPTIONS: '{}' } as Record<string, string>;
    const port = await all.serve('api', source('v1'), { standby: false, env: { ...env, PORT: '0' } });
    assert.ok(port > 0);
    await all.connection.sendRequest(rpc.debug, { server: 'api', on: true });
    await all.swap('api'); // told after what came before it
    assert.deepEqual(told, []);
  });
});
