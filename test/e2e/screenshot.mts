/** `npm run screenshot`: takes media/screenshot.png of a real window in which a server is edited under load. */
import { existsSync, mkdtempSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { atTheEnd, removeFolder } from '../tools/leave-nothing-behind.mts';
import { root } from '../tools/root.mts';
import { freePort } from '../tools/free-port.mts';
import { copySample } from '../tools/sample-workspace.mts';
import { startServer } from '../tools/vscode-web.mts';
import { openFile, replaceText, runCommand, save, StatusItemWatch } from '../tools/workbench.mts';
import { openWorkbench } from '../tools/workbench-window.mts';
import { Clients } from './clients.mts';

const picture = process.argv[2] ?? join(root, 'media', 'screenshot.png');
const limit = 250 * 1024;
const viewport = { width: 1280, height: 800 };
const panelHeight = 400;

/** Only what the picture is about. */
const settings = {
  'hotSwap.servers': [{ name: 'api', command: 'npm run dev' }],
  'hotSwap.autoStart': true,
  'hotSwap.graceSeconds': 1,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.activityBar.location': 'hidden',
  'workbench.layoutControl.enabled': false,
  'window.commandCenter': false,
  'window.menuBarVisibility': 'hidden',
  'window.title': '${rootName}',
  'editor.minimap.enabled': false,
  'editor.stickyScroll.enabled': false,
  'breadcrumbs.enabled': false,
  'typescript.disableAutomaticTypeAcquisition': true, // else a spinner in the status bar
};

if (!existsSync(join(root, 'dist', 'extension.js'))) {
  console.error('There is no dist/extension.js yet: run "npm run build" first.');
  process.exit(1);
}
const scratch = mkdtempSync(join(tmpdir(), 'hs-'));
atTheEnd(() => removeFolder(scratch));
// Installed rather than under development: else the window's title would say so.
const extensionsDir = mkdtempSync(join(scratch, 'e'));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
symlinkSync(root, join(extensionsDir, `hot-swap.hot-swap-${version}`), 'dir');
const sample = await copySample('express-app', { port: await freePort({ preferably: 3000 }) });
atTheEnd(() => sample.remove());

const server = await startServer({ extensionsDir, settings, env: { HOT_SWAP_RUNTIME_DIR: scratch } });
const workbench = await openWorkbench(server, { workspace: sample.folder, browser: { viewport } });
const clients = new Clients(sample.port, { each: 2 });
try {
  await play(workbench.page);
  await workbench.page.screenshot({ path: picture });
  await runCommand(workbench.page, 'Hot Swap: Stop Server');
} finally {
  await clients.end();
  await workbench.close();
  await server.stop();
}
const { size } = statSync(picture);
console.log(`${picture}: ${(size / 1024).toFixed(0)} KB`);
process.exit(size <= limit ? 0 : 1);

/** Three saves, the second one broken, and what the log says about them. */
async function play(page: Page): Promise<void> {
  const indicator = await StatusItemWatch.begin(page);
  const serves = (generation: number) => indicator.until({ text: `gen ${generation} :${sample.port}` });
  await serves(1);
  await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
  await runCommand(page, 'Hot Swap: Show Handoff Log');
  await page.locator('.part.panel .output-view .view-lines').waitFor();
  await resizePanel(page);

  const text = readFileSync(join(sample.folder, 'routes/users.js'), 'utf8');
  const edit = async (from: string, to: string): Promise<void> => {
    await openFile(page, 'routes/users.js');
    await replaceText(page, text.replace(from, to));
    await save(page);
  };
  const oldLine = "router.get('/', (req, res) => {\n  res.json(_.sortBy([...users.values()], 'name'));";
  const newLine =
    "router.get('/', (req, res) => {\n  res.json(_.orderBy([...users.values()], 'name', 'desc'));";
  await edit(oldLine, newLine);
  await serves(2);
  await edit(oldLine, newLine.replace("'desc'));", "'desc');"));
  await indicator.until({ text: 'gen 2 (3 failed)' });
  await edit(oldLine, newLine);
  await serves(4);

  // The line that was edited, in the middle of what is to be seen.
  await page.keyboard.press('Control+g');
  await page.keyboard.type('19');
  await page.keyboard.press('Enter');
  await page
    .locator('.part.panel .view-line', { hasText: /gen\s2\s.*quit/ })
    .first()
    .waitFor();
  // The language server needs a moment to see that the error is gone.
  await page.locator('.squiggly-error').waitFor({ state: 'detached' });
  await page.locator('.part.statusbar .statusbar-item[aria-label="No Problems"]').waitFor();
  await page.locator('.part.statusbar .codicon-loading').waitFor({ state: 'detached' });
  await runCommand(page, 'Notifications: Clear All Notifications');
  await page.mouse.move(viewport.width / 2, 5);
}

/** Drags the panel's upper edge. */
async function resizePanel(page: Page): Promise<void> {
  const box = await page.locator('.part.panel').boundingBox();
  if (box === null) throw new Error('there is no panel');
  const x = box.x + box.width / 4; // beside the handle in the middle, which another thing may cover
  await page.mouse.move(x, box.y - 3);
  await page.mouse.down();
  await page.mouse.move(x, box.y + box.height - panelHeight, { steps: 5 });
  await page.mouse.up();
}
