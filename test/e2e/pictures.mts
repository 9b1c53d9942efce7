/**
 * `npm run pictures [FOLDER] [-- --walkthrough]`: the Generations view and the timeline of a real window, in light, dark and high contrast,
 * and, if asked for, those parts of them that the walkthrough shows.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { atTheEnd, removeFolder } from '../tools/leave-nothing-behind.mts';
import { root } from '../tools/root.mts';
import { freePort } from '../tools/free-port.mts';
import { copySample } from '../tools/sample-workspace.mts';
import { startServer } from '../tools/vscode-web.mts';
import { openFile, replaceText, runCommand, save, StatusItemWatch } from '../tools/workbench.mts';
import { openWorkbench } from '../tools/workbench-window.mts';
import { Clients } from './clients.mts';

const isForWalkthrough = process.argv.includes('--walkthrough');
const into =
  process.argv.slice(2).find((one) => !one.startsWith('--')) ?? join(tmpdir(), 'hot-swap-pictures');
mkdirSync(into, { recursive: true });
const viewport = { width: 1280, height: 800 };
const themes = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
} as const;

interface Part {
  readonly as: 'view' | 'timeline' | 'back';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const settings = {
  'hotSwap.servers': [{ name: 'api', command: 'npm run dev', drainTimeout: 60_000 }],
  'hotSwap.autoStart': true,
  'hotSwap.graceSeconds': 1,
  'workbench.layoutControl.enabled': false,
  'window.commandCenter': false,
  'window.menuBarVisibility': 'hidden',
  'workbench.colorTheme': themes.dark,
  'typescript.disableAutomaticTypeAcquisition': true,
};

if (!existsSync(join(root, 'dist', 'extension.js'))) {
  console.error('There is no dist/extension.js yet: run "npm run build" first.');
  process.exit(1);
}
const scratch = mkdtempSync(join(tmpdir(), 'hs-'));
atTheEnd(() => removeFolder(scratch));
const extensionsDir = mkdtempSync(join(scratch, 'e'));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
symlinkSync(root, join(extensionsDir, `hot-swap.hot-swap-${version}`), 'dir');
const sample = await copySample('express-app', { port: await freePort({ preferably: 3000 }) });
atTheEnd(() => sample.remove());

const server = await startServer({ extensionsDir, settings, env: { HOT_SWAP_RUNTIME_DIR: scratch } });
const workbench = await openWorkbench(server, { workspace: sample.folder, browser: { viewport } });
const clients = new Clients(sample.port, { each: 1, pauseMs: 50 });
try {
  await play(workbench.page);
} catch (error) {
  await workbench.page.screenshot({ path: join(into, 'failed.png') });
  throw error;
} finally {
  await clients.end();
  await workbench.close();
  await server.stop();
}
process.exit(0);

async function play(page: Page): Promise<void> {
  page.setDefaultTimeout(180_000); // on a busy machine, pictures take their time
  const indicator = await StatusItemWatch.begin(page);
  const serves = (generation: number) => indicator.until({ text: `gen ${generation} :${sample.port}` });
  await serves(1);
  await runCommand(page, 'Hot Swap: Show Generations');
  await page.locator('.pane-body .monaco-list-row', { hasText: 'gen 1' }).first().waitFor();
  const text = readFileSync(join(sample.folder, 'routes/users.js'), 'utf8');
  const edit = async (change: string): Promise<void> => {
    await openFile(page, 'routes/users.js');
    await replaceText(page, text + change);
    await save(page);
  };
  await seen(page, /ready · /);
  const slow = fetch(`http://127.0.0.1:${sample.port}/slow?ms=30000`).then(
    async (answer) => console.log(`the slow request: ${String(answer.status)} ${await answer.text()}`),
    (error: unknown) => console.log(`the slow request: ${String(error)}`),
  );
  void slow;
  await edit('// one\n');
  await serves(2);
  await seen(page, /slow\?ms/);
  await seen(page, /ready · /);
  await edit('const = 1;\n');
  await indicator.until({ text: 'gen 2 (3 failed)' });
  await shot(page, 'view-failed-dark');
  await seen(page, /ready · /);
  await edit('// two\n');
  await serves(4);
  await page.locator('.pane-body .monaco-list-row', { hasText: 'last swaps' }).dblclick();
  await seen(page, /draining/);
  await shot(page, 'view-dark', { as: 'view', x: 0, y: 0, width: 640, height: 200 });
  await runCommand(page, 'Hot Swap: Show Timeline');
  await (await timelineOf(page)).locator('#picture svg').waitFor();
  for (const [name, theme] of Object.entries(themes)) {
    await setTheme(page, theme);
    const timeline = { as: 'timeline', x: 352, y: 0, width: 928, height: 360 } as const;
    await shot(page, `view-and-timeline-${name}`, name === 'dark' ? timeline : undefined);
  }
  await runCommand(page, 'Hot Swap: Back One Generation');
  await indicator.until({ text: `gen 5 (code of gen 2) :${sample.port}` });
  await shot(page, 'back', { as: 'back', x: 0, y: 0, width: 640, height: 200 });
  await runCommand(page, 'Hot Swap: Stop Server');
  await page.locator('.pane-body .welcome-view-content', { hasText: 'No server runs' }).waitFor();
  await shot(page, 'welcome');
}

/** What makes a picture better, and may be late on a busy machine. */
async function seen(page: Page, text: RegExp): Promise<void> {
  const row = page.locator('.pane-body .monaco-list-row', { hasText: text }).first();
  await row.waitFor({ timeout: 25_000 }).catch(() => console.log(`there is no ${String(text)} yet`));
}

/** As whoever writes it into the workspace's settings. */
async function setTheme(page: Page, theme: string): Promise<void> {
  const file = join(sample.folder, '.vscode', 'settings.json');
  mkdirSync(join(sample.folder, '.vscode'), { recursive: true });
  writeFileSync(file, JSON.stringify({ 'workbench.colorTheme': theme }));
  const isDark = !theme.includes('Light');
  const kind = theme.includes('High') ? (isDark ? '.hc-black' : '.hc-light') : isDark ? '.vs-dark' : '.vs';
  await page.locator(`.monaco-workbench${kind}`).waitFor();
}

async function timelineOf(page: Page): Promise<Frame> {
  for (;;) {
    for (const frame of page.frames())
      if (
        (await frame
          .locator('#picture')
          .count()
          .catch(() => 0)) > 0
      )
        return frame;
    await page.waitForTimeout(100);
  }
}

/** `part`: what the walkthrough shows of it, in pixels; written over what is there only if it was asked for. */
async function shot(page: Page, name: string, part?: Part): Promise<void> {
  await page.waitForTimeout(1200); // what the eye sees: nothing tells when the last pixel is drawn
  await page.screenshot({ path: join(into, `${name}.png`) });
  if (part !== undefined) {
    const { as, ...clip } = part;
    const folder = isForWalkthrough ? join(root, 'media', 'walkthrough') : into;
    await page.screenshot({ path: join(folder, `${as}.png`), clip });
  }
  console.log(join(into, `${name}.png`));
}
