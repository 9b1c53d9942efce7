/** Apps with packages of their own, and what it takes to wait for a standby. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { attach } from '../../src/client/attach.ts';
import type { HandoffEvent } from '../../src/shared/model.ts';
import * as rpc from '../../src/shared/rpc.ts';
import { root, Running } from './running.ts';
import type { RunOptions } from './running.ts';
import { untilTrue } from './until.ts';

type Warm = HandoffEvent & { readonly event: 'standby'; readonly state: 'warm' };

/** Package name → its files. */
export type Packages = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface AppOptions extends Omit<RunOptions, 'command'> {
  readonly packages?: Packages;
  readonly command?: readonly string[];
}

/** Starts it without a watcher of files, and waits until it serves. */
export async function start(t: TestContext, options: AppOptions): Promise<Running> {
  const app = await Running.start(t, {
    standby: true,
    command: ['node', 'server.js'],
    ...options,
    options: ['--no-watch', ...(options.options ?? [])],
    prepare: (folder) => ownPackages(folder, options.packages ?? {}),
  });
  await app.serving(1);
  return app;
}

/** The standby that is ready after `events` were seen. */
export async function warm(app: Running, events = 0): Promise<Warm> {
  return (await app.event(
    'standby',
    (event) => event.state === 'warm' && app.events.indexOf(event) >= events,
  )) as Warm;
}

/** Swaps from the standby that is or will be ready, and waits for the next one. Returns how it went. */
export async function swapWarm(app: Running): Promise<HandoffEvent & { readonly event: 'serving' }> {
  const last = app.events.findLast((event) => event.event === 'serving' || event.event === 'rolledBack');
  await warm(app, last === undefined ? 0 : app.events.indexOf(last));
  return await swap(app);
}

export async function swap(app: Running): Promise<HandoffEvent & { readonly event: 'serving' }> {
  const before = app.events.length;
  app.swap();
  return await app.event('serving', (event) => app.events.indexOf(event) >= before);
}

/** Bytes. Asks as long as there is none. */
export async function spareIsUp(app: Running): Promise<number> {
  return await untilSpare(app, (memory) => memory > 0);
}

export async function spareIsGone(app: Running): Promise<void> {
  await untilSpare(app, (memory) => memory === 0);
}

/** Nobody tells of a spare. */
async function untilSpare(app: Running, holds: (memory: number) => boolean): Promise<number> {
  const attached = await attach({ workspace: app.workspace, client: 'cli' });
  assert.ok(attached);
  let memory = 0;
  await untilTrue(async () => {
    const all = await attached.connection.sendRequest(rpc.status);
    const status = all.find(({ name }) => name === app.name);
    memory = status?.standby.state === 'warm' ? status.standby.spareMemory : 0;
    return holds(memory);
  });
  attached.dispose();
  return memory;
}

/** The project's own packages, and these: a folder of links that may be changed. */
function ownPackages(folder: string, packages: Packages): void {
  const modules = path.join(folder, 'node_modules');
  unlinkSync(modules);
  mkdirSync(modules);
  for (const entry of readdirSync(path.join(root, 'node_modules'))) {
    if (entry !== '.package-lock.json')
      symlinkSync(path.join(root, 'node_modules', entry), path.join(modules, entry));
  }
  for (const [name, files] of Object.entries(packages)) {
    const at = path.join(modules, name);
    rmSync(at, { force: true });
    mkdirSync(at, { recursive: true });
    writeFileSync(path.join(at, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
    for (const [file, content] of Object.entries(files)) writeFileSync(path.join(at, file), content);
  }
}
