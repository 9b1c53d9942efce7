/**
 * Opens VS Code with the extension, as built, on a throw-away copy of the Express sample: the desktop VS Code if
 * there is one, else VS Code in the browser. Stays until its window closes or Ctrl+C, and leaves nothing behind.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOnPath } from './cache.mts';
import { atTheEnd, removeFolder } from './leave-nothing-behind.mts';
import { root } from './root.mts';
import { freePort } from './free-port.mts';
import { copySample } from './sample-workspace.mts';
import { startServer } from './vscode-web.mts';

/** With a server configured, the extension has nothing to ask. */
const settings = { 'hotSwap.servers': [{ name: 'api', command: 'npm run dev' }], 'hotSwap.autoStart': true };

if (!existsSync(join(root, 'dist', 'extension.js'))) {
  console.error('There is no dist/extension.js yet: run "npm run build" first.');
  process.exit(1);
}
const interrupted = untilInterrupted();
const sample = await copySample('express-app', {
  port: await freePort({ preferably: 3000 }),
  files: { '.vscode/settings.json': `${JSON.stringify(settings, null, 2)}\n` },
});
atTheEnd(() => sample.remove());
try {
  const code = findOnPath('code');
  const hasDisplay = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  await (code !== undefined && hasDisplay ? openDesktop(code) : openInBrowser());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
process.exit();

async function openDesktop(code: string): Promise<void> {
  const args = [`--extensionDevelopmentPath=${root}`, '--new-window', '--disable-workspace-trust', '--wait'];
  const shell = process.platform === 'win32'; // there it is code.cmd
  const child = spawn(code, [...args, sample.folder], { stdio: 'inherit', shell });
  console.log(`Hot Swap is open in VS Code, on ${sample.folder}`);
  await Promise.race([once(child, 'exit'), interrupted]);
  child.kill();
  await stopSupervisor();
}

async function openInBrowser(): Promise<void> {
  const extensionsDir = mkdtempSync(join(tmpdir(), 'hot-swap-ext-'));
  atTheEnd(() => removeFolder(extensionsDir));
  // In place, before the first start: the server takes the folder for what is installed and notes it down.
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  symlinkSync(root, join(extensionsDir, `hot-swap.hot-swap-${version}`), 'dir');
  const server = await startServer({ extensionsDir, browser: false });
  console.log(`\nHot Swap is open in VS Code at ${server.url(sample.folder)}\nCtrl+C closes it.`);
  await Promise.race([server.ended, interrupted]);
  await server.stop(); // first: an open window would start its supervisor again
  await stopSupervisor();
}

/** It would end by itself, but only after its grace period, and the folder its server runs in goes away now. */
async function stopSupervisor(): Promise<void> {
  const cli = join(root, 'dist', 'cli.js');
  if (!existsSync(cli)) return;
  const child = spawn(process.execPath, [cli, 'stop', '--cwd', sample.folder], {
    stdio: 'ignore',
    timeout: 10_000,
  });
  await once(child, 'exit');
}

/**
 * Resolves at the first Ctrl+C (or SIGTERM, SIGHUP); a later one ends us at once. What follows within a second is
 * the same Ctrl+C: the terminal sends it to all of us, and npm passes its own on.
 */
async function untilInterrupted(): Promise<void> {
  await new Promise<void>((done) => {
    let first: number | undefined;
    const interrupt = (): void => {
      if (first !== undefined && Date.now() - first > 1_000) process.exit(130);
      if (first === undefined) console.log('\nClosing…');
      first ??= Date.now();
      done();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  });
}
