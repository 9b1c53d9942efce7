/** A supervisor without a CLI of its own, spoken to as the editor does: for many servers, and for what it costs. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { attach } from '../../src/client/attach.ts';
import type { Attached } from '../../src/client/attach.ts';
import { specDefaults } from '../../src/shared/spec.ts';
import { byCommand } from '../../src/shared/model.ts';
import type { HandoffEvent, SwapOutcome } from '../../src/shared/model.ts';
import type { ServerSpec } from '../../src/shared/spec.ts';
import * as rpc from '../../src/shared/rpc.ts';
import { freePort } from '../tools/free-port.mts';
import { cleanEnvironment, request, root } from './running.ts';

export class Supervised {
  readonly pid: number;
  readonly events: HandoffEvent[] = [];
  private readonly watchers = new Set<() => void>();

  private constructor(
    readonly folder: string,
    readonly connection: Attached['connection'],
    pid: number,
  ) {
    this.pid = pid;
    connection.onNotification(rpc.didHappen, (event) => {
      this.events.push(event);
      for (const watcher of [...this.watchers]) watcher();
    });
  }

  /** In an empty workspace; ends, with its servers, when the test does. */
  static async start(t: TestContext, env: NodeJS.ProcessEnv = {}): Promise<Supervised> {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'hot-swap-test-')));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const attached = await attach({
      workspace: folder,
      client: 'editor',
      launch: {
        node: process.execPath,
        script: path.join(root, 'dist', 'supervisor.js'),
        env: { ...cleanEnvironment(), ...env },
        graceMs: 1000,
      },
    });
    assert.ok(attached);
    const closed = new Promise<void>((resolve) => attached.onClose(resolve));
    t.after(async () => {
      await attached.connection.sendRequest(rpc.shutdown);
      await closed;
    });
    return new Supervised(folder, attached.connection, attached.hello.pid);
  }

  /** A server of `source` in a folder of its own, started. */
  async serve(name: string, source: string, more: Partial<ServerSpec> = {}): Promise<number> {
    this.write(`${name}/server.js`, source);
    const port = await freePort();
    const env = { ...cleanEnvironment(), PORT: String(port) } as Record<string, string>;
    const cwd = path.join(this.folder, name);
    const command = ['node', 'server.js'];
    await this.connection.sendRequest(rpc.define, { ...specDefaults, name, command, cwd, env, ...more });
    swapped(await this.connection.sendRequest(rpc.start, { server: name }));
    return port;
  }

  async swap(server: string): Promise<void> {
    swapped(await this.connection.sendRequest(rpc.swap, { server, cause: byCommand() }));
  }

  write(file: string, content: string): void {
    const at = path.join(this.folder, file);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, content);
  }

  /** Resolves when an event came, now or before, that matches. */
  async happened(matches: (event: HandoffEvent) => boolean): Promise<void> {
    if (this.events.some(matches)) return;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!this.events.some(matches)) return;
        this.watchers.delete(look);
        resolve();
      };
      this.watchers.add(look);
    });
  }

  retired(server: string, generation: number): Promise<void> {
    return this.happened(
      (event) => event.event === 'retired' && event.server === server && event.generation === generation,
    );
  }
}

export async function bodyAt(port: number): Promise<string> {
  return (await request({ port, host: '127.0.0.1', path: '/', agent: false })).body;
}

function swapped(outcome: SwapOutcome): void {
  assert.equal(outcome.outcome, 'swapped', JSON.stringify(outcome));
}
