/** One VS Code server for the stories of a file; each story has a window, a workspace and a browser's memory of its own. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { atTheEnd, removeFolder } from '../tools/leave-nothing-behind.mts';
import { root } from '../tools/root.mts';
import { copySample } from '../tools/sample-workspace.mts';
import { startServer, type ServerOptions, type Settings, type VSCodeServer } from '../tools/vscode-web.mts';
import { logFiles, statusItem, StatusItemWatch, type StatusItemLook } from '../tools/workbench.mts';
import { openWorkbench, type Workbench } from '../tools/workbench-window.mts';
import { isAlive, processesMentioning } from '../supervisor/processes.ts';
import { Clients, type ClientOptions } from './clients.mts';
import { untilTrue } from './until.mts';

/** Short enough to wait for at the end. */
const usualGraceSeconds = 3;

interface StageOptions extends ServerOptions {
  /** How long servers live without a window. */
  readonly graceSeconds?: number;
}

/** One server, named `api`. */
export const api: Settings = { 'hotSwap.servers': [{ name: 'api', command: 'npm run dev' }] };

export class Stage {
  private server: VSCodeServer | undefined;
  private workbench: Workbench | undefined;
  private readonly runtimeDir = mkdtempSync(join(tmpdir(), 'hs-')); // short: it will hold a Unix socket
  private readonly atLast: (() => void)[] = [];
  private readonly graceSeconds: number;

  /** Call it in a `describe`: it starts before the first story and is gone after the last. */
  constructor({ graceSeconds = usualGraceSeconds, ...options }: StageOptions = {}) {
    this.graceSeconds = graceSeconds;
    before(async () => {
      assert.ok(existsSync(join(root, 'dist', 'extension.js')), 'run "npm run build" first');
      this.atLast.push(atTheEnd(() => removeFolder(this.runtimeDir)));
      this.server = await startServer({
        ...options,
        settings: { 'hotSwap.graceSeconds': graceSeconds, ...options.settings },
        env: { HOT_SWAP_RUNTIME_DIR: this.runtimeDir, ...options.env },
      });
    });
    after(async () => {
      await this.workbench?.close();
      await this.server?.stop();
      await this.nothingIsLeft();
      removeFolder(this.runtimeDir);
      for (const forget of this.atLast) forget();
    });
  }

  /** A window on a fresh copy of the Express sample, with these files, closed after the story. */
  async open(
    t: TestContext,
    settings: Settings = {},
    files: Readonly<Record<string, string>> = {},
  ): Promise<Scene> {
    const server = this.server;
    assert.ok(server);
    const sample = await copySample('express-app', {
      files: { ...files, '.vscode/settings.json': `${JSON.stringify(settings, null, 2)}\n` },
    });
    const remove = atTheEnd(() => sample.remove());
    this.atLast.push(() => {
      sample.remove();
      remove();
    });
    const logsBefore = new Set(logFiles(server));
    let page: Page;
    if (this.workbench === undefined) {
      this.workbench = await openWorkbench(server, { workspace: sample.folder, developmentPaths: [root] });
      page = this.workbench.page;
    } else {
      page = await this.workbench.openWindow(sample.folder);
    }
    const indicator = await StatusItemWatch.begin(page);
    const logs = () => logFiles(server).filter((file) => !logsBefore.has(file));
    const scene = new Scene(sample.folder, sample.port, page, indicator, logs, server.web.node);
    t.after(async () => {
      await scene.end();
      if (process.env['HOT_SWAP_E2E_PICTURES']) {
        const name = `${t.name.replace(/\W+/g, '-')}.png`;
        await page.screenshot({ path: join(process.env['HOT_SWAP_E2E_PICTURES'], name) });
      }
      await page.close({ runBeforeUnload: false });
    });
    return scene;
  }

  /** The supervisors go by themselves when their grace is over, and take their servers with them. */
  private async nothingIsLeft(): Promise<void> {
    if (process.platform !== 'linux') return;
    const left = (): number[] => processesMentioning(this.runtimeDir);
    await untilTrue(() => left().length === 0, this.graceSeconds * 1000 + 20_000).catch(() => {
      assert.fail(`these processes are left: ${JSON.stringify(left().map(commandLine))}`);
    });
  }
}

/** What a story plays with. */
export class Scene {
  private readonly clients: Clients[] = [];

  constructor(
    readonly folder: string,
    readonly port: number,
    readonly page: Page,
    readonly indicator: StatusItemWatch,
    private readonly logs: () => readonly string[],
    private readonly editorsNode: string,
  ) {}

  get item() {
    return statusItem(this.page);
  }

  /** Waits until the indicator shows that this generation serves. */
  async serves(generation: number): Promise<StatusItemLook> {
    const text = `gen ${generation} :${this.port}`;
    return this.indicator.until({ text, icons: ['arrow-swap'], error: false }).catch((error: unknown) => {
      throw new Error(`${String(error)}\nThe handoff log:\n${this.log().join('\n')}`);
    });
  }

  ask(options?: ClientOptions): Clients {
    const explain = (): string => `The handoff log:\n${this.log().join('\n')}`;
    const clients = new Clients(this.port, { explain, ...options });
    this.clients.push(clients);
    return clients;
  }

  /** What stands in the handoff log, without times. */
  log(): string[] {
    const text = this.logs()
      .map((file) => readFileSync(file, 'utf8'))
      .join('');
    return text
      .split('\n')
      .map((line) => line.replace(/^\S+ \S+ /, ''))
      .filter((line) => line !== '');
  }

  /** The log's file follows the log by up to half a second. */
  async untilLogged(pattern: RegExp): Promise<string> {
    const find = (): string | undefined => this.log().find((line) => pattern.test(line));
    await untilTrue(() => find() !== undefined, 20_000).catch(() => {
      assert.fail(`the log does not say ${String(pattern)}:\n${this.log().join('\n')}`);
    });
    return find() ?? '';
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  /** Processes that run in the workspace, without VS Code's own: its servers, and what they started. */
  processes(): string[] {
    const here = (pid: string): boolean => {
      try {
        return isAlive(Number(pid)) && readlinkSync(`/proc/${pid}/cwd`).startsWith(this.folder);
      } catch {
        return false; // gone, or not ours
      }
    };
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry) && here(entry))
      .map((pid) => commandLine(Number(pid)))
      .filter((command) => !command.includes(this.editorsNode));
  }

  async end(): Promise<void> {
    await Promise.all(this.clients.map((clients) => clients.end()));
  }
}

function commandLine(pid: number): string {
  try {
    return `${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()}`;
  } catch {
    return `${pid} (gone)`;
  }
}
