/**
 * Installs a real VS Code that needs neither a display nor a download from Microsoft: code-server (the VS Code
 * server, from npm) with the Node it is built for, and Chromium to show it in.
 *
 *     node --import tsx test/tools/setup-vscode-web.mts
 *
 * Safe to repeat and to run twice at once. The first run takes about a minute and 800 MB; later ones return at once.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir, findOnPath, locked, run } from './cache.mts';
import { nodePackage } from './node-versions.mts';

/** code-server 4.139.1 carries VS Code 1.139.1 and wants Node 24; only Linux has every version of it on npm. */
const nodeVersion = process.platform === 'linux' ? '24.21.0' : '24';
const versions = { 'code-server': '4.139.1', [nodePackage]: nodeVersion };

export interface VSCodeWeb {
  /** The Node to run `entry` with. */
  readonly node: string;
  /** code-server's entry script. */
  readonly entry: string;
  readonly chromium: string;
}

/** Installs what is missing. `browser: false` is for those who only want the server. */
export async function ensureVSCodeWeb({ browser = true } = {}): Promise<VSCodeWeb> {
  return locked('vscode-web', async () => {
    await ensurePrograms(browser);
    const home = join(cacheDir, 'vscode-web');
    await ensureCodeServer(home);
    return {
      node: join(home, 'node_modules', nodePackage, 'bin', 'node'),
      entry: join(home, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
      chromium: findChromium() ?? '',
    };
  });
}

/** Chromium without what draws windows; not in every Debian. */
const headlessShell = 'chromium-headless-shell';

/** `CHROMIUM_PATH`, or the Chromium or Chrome on PATH. */
function findChromium(): string | undefined {
  const names = [headlessShell, 'chromium', 'chromium-browser', 'google-chrome'];
  return process.env['CHROMIUM_PATH'] ?? findOnPath(...names);
}

/** Chromium, and what node-gyp needs to compile the two native modules that every extension host loads. */
async function ensurePrograms(browser: boolean): Promise<void> {
  const missing = ['g++', 'make', 'python3'].filter((program) => findOnPath(program) === undefined);
  if (browser && findChromium() === undefined) missing.push('chromium');
  if (missing.length === 0) return;

  const install = ['install', '-y', '-q', '--no-install-recommends', ...missing];
  if (findOnPath('apt-get') === undefined) {
    throw new Error(
      `can't install ${missing.join(', ')}: there is no apt-get here. Install them with this system's package ` +
        'manager (a Chromium or Chrome in an unusual place is named by CHROMIUM_PATH) and try again.',
    );
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      `can't install ${missing.join(', ')} without root. Run this once and try again:\n` +
        `    sudo apt-get update && sudo apt-get ${install.join(' ')}`,
    );
  }
  const wait = ['-o', 'DPkg::Lock::Timeout=600'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', [...wait, '-y', '-q', 'update'], { env });
  const without = install.map((name) => (name === 'chromium' ? headlessShell : name));
  // What is not in this Debian is found to be so before anything is installed.
  await run('apt-get', [...wait, ...without], { env }).catch(() =>
    run('apt-get', [...wait, ...install], { env }),
  );
}

async function ensureCodeServer(home: string): Promise<void> {
  const stamp = join(home, 'installed.json');
  const wanted = JSON.stringify(versions);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return;

  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  await writeFile(join(home, 'package.json'), JSON.stringify({ private: true, dependencies: versions }));
  // Scripts stay off: code-server's own postinstall compiles a dozen modules that the tests never load. It is
  // also the script that would install its two inner packages, so do that here; `npm ci` fails on their locks.
  const install = [
    'install',
    '--omit=dev',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  await run('npm', install, { cwd: home });

  // From here on npm and node-gyp run on the server's own Node and build against the headers that came with it.
  const node = join(home, 'node_modules', nodePackage);
  const path = join(node, 'bin') + delimiter + (process.env['PATH'] ?? '');
  const env = { ...process.env, PATH: path, npm_config_nodedir: node };
  const vscode = join(home, 'node_modules', 'code-server', 'lib', 'vscode');
  await run('npm', install, { cwd: vscode, env });
  await run('npm', install, { cwd: join(vscode, 'extensions'), env });
  // Output channels and logs are written through spdlog; the watchdog is loaded by every extension host.
  const native = ['@vscode/spdlog', '@vscode/native-watchdog'];
  await run('npm', ['rebuild', '--loglevel=error', ...native], { cwd: vscode, env });
  await writeFile(stamp, wanted);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const { entry, chromium } = await ensureVSCodeWeb();
    console.log(`code-server ${versions['code-server']}: ${entry}\nChromium: ${chromium}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
