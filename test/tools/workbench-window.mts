/** Opens the real workbench of a VS Code server in headless Chromium. `workbench.mts` has the hands and eyes. */
import { resolve } from 'node:path';
import { chromium, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import type { VSCodeServer } from './vscode-web.mts';

const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
];

export interface WorkbenchOptions {
  /** Folder or `.code-workspace` file; without one, an empty window. */
  readonly workspace?: string | undefined;
  /** Extensions loaded in place. Beside these, the server loads what is in its extensions folder. */
  readonly developmentPaths?: readonly string[];
  /** A module whose `run()` the extension host calls, as in @vscode/test-electron. */
  readonly testsPath?: string | undefined;
  /** What extensions and tests print. */
  readonly onLog?: (level: string, values: unknown[]) => void;
  /** The extension host left (after tests, or by dying). */
  readonly onExit?: (code: number) => void;
  /** Keeps what the browser stores (workspace state, trust) for the next workbench on the same server and port. */
  readonly profileDir?: string;
  readonly browser?: BrowserContextOptions;
}

export interface Workbench {
  readonly context: BrowserContext;
  /** The first window. */
  readonly page: Page;
  /** Opens another window on the same server. */
  openWindow(workspace?: string): Promise<Page>;
  close(): Promise<void>;
}

export async function openWorkbench(
  server: VSCodeServer,
  options: WorkbenchOptions = {},
): Promise<Workbench> {
  // Signals are for those who stop the server too; Playwright's own handlers would only take the browser away.
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  const launch = { executablePath: server.web.chromium, headless: true, args: flags, ...signals };
  const look = { viewport: { width: 1100, height: 700 }, ...options.browser };
  const context =
    options.profileDir === undefined
      ? await (await chromium.launch(launch)).newContext(look)
      : await chromium.launchPersistentContext(options.profileDir, { ...launch, ...look });
  const close = async (): Promise<void> => {
    await context.close();
    await context.browser()?.close();
  };
  const openWindow = async (workspace?: string): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(server.url(workspace), { timeout: 180_000 }); // a busy machine
    await workbenchDrawn(page);
    return page;
  };

  try {
    // The workbench calls these two by name when they exist; it is how VS Code's own tests listen to it.
    if (options.onLog) await context.exposeFunction('codeAutomationLog', options.onLog);
    if (options.onExit) await context.exposeFunction('codeAutomationExit', options.onExit);
    const uri = (path: string) => ({
      scheme: 'vscode-remote',
      authority: server.authority,
      path: resolve(path),
    });
    if (options.developmentPaths?.length || options.testsPath !== undefined) {
      await addDevelopmentOptions(context, {
        extensions: (options.developmentPaths ?? []).map(uri),
        ...(options.testsPath === undefined ? {} : { extensionTestsPath: uri(options.testsPath) }),
      });
    }
    return { context, page: await openWindow(options.workspace), openWindow, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Resolves when the frame of the workbench is there. Extensions start after that. */
export async function workbenchDrawn(page: Page): Promise<void> {
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 180_000 });
}

/**
 * Adds development options to the configuration in the server's page before the workbench reads it. The `payload`
 * query that serves this purpose elsewhere is ignored by code-server, and rewriting the page's answer with
 * `route.fulfill` breaks its WebSockets.
 */
async function addDevelopmentOptions(context: BrowserContext, extra: object): Promise<void> {
  await context.addInitScript(`
    if (window === window.top) new MutationObserver((_, observer) => {
      const meta = document.getElementById('vscode-workbench-web-configuration');
      if (!meta) return;
      observer.disconnect();
      const config = JSON.parse(meta.dataset.settings);
      config.developmentOptions = { ...config.developmentOptions, ...${JSON.stringify(extra)} };
      meta.dataset.settings = JSON.stringify(config);
    }).observe(document, { childList: true, subtree: true });
  `);
}
