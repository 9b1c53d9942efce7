/** Runs the VS Code server (code-server) on a free loopback port. `workbench-window.mts` shows it in a browser. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { everything } from './everything.mts';
import { atTheEnd, killGroup, removeFolder } from './leave-nothing-behind.mts';
import { ensureVSCodeWeb, type VSCodeWeb } from './setup-vscode-web.mts';

export type Settings = Record<string, unknown>;

/** A window in which nothing moves but what is being tested. */
const quietSettings: Settings = {
  'files.autoSave': 'off', // the web's default is afterDelay
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'workbench.reduceMotion': 'on',
  'editor.cursorBlinking': 'solid',
  'editor.minimap.enabled': false,
  'editor.pasteAs.enabled': false, // else a paste is changed by imports that the editor adds
  'git.openRepositoryInParentFolders': 'never',
  'remote.autoForwardPorts': false, // else every port that listens on the machine raises a notification
  'terminal.integrated.gpuAcceleration': 'off', // else the terminal's text is a picture, not in the DOM
  'npm.autoDetect': 'off',
  'typescript.tsc.autoDetect': 'off',
  // Half of what a window costs is a language service that reads the whole project; nothing of ours asks it.
  ...(!everything && { 'typescript.tsserver.useSyntaxServer': 'always' }),
};

export interface ServerOptions {
  /** Give both to keep settings and installed extensions from one server to the next. Throw-away by default. */
  readonly userDataDir?: string | undefined;
  readonly extensionsDir?: string | undefined;
  /** The user's settings, over the quiet ones and over what `userDataDir` holds already. */
  readonly settings?: Settings;
  /** True: folders are restricted until the user trusts them. Off by default, as in the tests of most extensions. */
  readonly workspaceTrust?: boolean;
  /** A fixed port keeps what the browser stored (workspace state, trust): it belongs to the origin, port included. */
  readonly port?: number;
  /** Environment of the extension host. XDG_RUNTIME_DIR is a throw-away folder unless given. */
  readonly env?: NodeJS.ProcessEnv;
  /** False where the user brings a browser: then none is installed. */
  readonly browser?: boolean;
  readonly onLine?: (line: string) => void;
}

export interface VSCodeServer {
  /** `127.0.0.1:PORT` */
  readonly authority: string;
  readonly pid: number;
  readonly userDataDir: string;
  readonly extensionsDir: string;
  readonly web: VSCodeWeb;
  readonly ended: Promise<void>;
  /** Address of a folder or `.code-workspace` file, or of an empty window. */
  url(workspace?: string): string;
  /** Ends the server, its extension hosts and terminals, and removes its throw-away folders. */
  stop(): Promise<void>;
}

export async function startServer(options: ServerOptions = {}): Promise<VSCodeServer> {
  const web = await ensureVSCodeWeb({ browser: options.browser !== false });
  const scratch = mkdtempSync(join(tmpdir(), 'vscode-web-'));
  const userDataDir = resolve(options.userDataDir ?? join(scratch, 'user-data'));
  const extensionsDir = resolve(options.extensionsDir ?? join(scratch, 'extensions'));
  mkdirSync(extensionsDir, { recursive: true });
  writeSettings(userDataDir, {
    'security.workspace.trust.enabled': options.workspaceTrust === true,
    ...options.settings,
  });
  const config = join(scratch, 'config.yaml'); // without one of its own, code-server writes to the user's
  writeFileSync(config, 'auth: none\n');

  const args = ['--config', config, '--auth', 'none', '--bind-addr', `127.0.0.1:${options.port ?? 0}`];
  args.push('--user-data-dir', userDataDir, '--extensions-dir', extensionsDir);
  args.push('--disable-telemetry', '--disable-update-check', '--disable-getting-started-override');
  args.push('--ignore-last-opened', '--session-socket', join(scratch, 'session.sock'));
  if (options.workspaceTrust !== true) args.push('--disable-workspace-trust');
  const env = windowEnvironment({ XDG_RUNTIME_DIR: scratch, ...options.env });
  // A process group of its own: that is how `stop` reaches the extension hosts and file watchers too.
  const child = spawn(web.node, [web.entry, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`can't start ${web.node}`);
  const forget = atTheEnd(() => {
    killGroup(pid, 'SIGKILL');
    removeFolder(scratch);
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const stop = async (): Promise<void> => {
    killGroup(pid, 'SIGTERM');
    await Promise.race([ended, sleep(3_000, undefined, { ref: false })]);
    killGroup(pid, 'SIGKILL');
    forget();
    removeFolder(scratch);
  };

  const lines: string[] = [];
  const listening = new Promise<string>((done, fail) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        options.onLine?.(line);
        const address = /listening on http:\/\/(127\.0\.0\.1:\d+)/.exec(line)?.[1];
        if (address !== undefined) done(address);
      });
    }
    void ended.then(() => fail(new Error(`the VS Code server ended early:\n${lines.join('\n')}`)));
    setTimeout(
      () => fail(new Error(`the VS Code server did not start:\n${lines.join('\n')}`)),
      60_000,
    ).unref();
  });
  const authority = await listening.catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  // VS Code proper loads on the first request; it can while the browser starts.
  void fetch(`http://${authority}/`).catch(() => undefined);

  const url = (workspace?: string): string => {
    const kind = workspace?.endsWith('.code-workspace') ? 'workspace' : 'folder';
    const query = workspace === undefined ? { ew: 'true' } : { [kind]: resolve(workspace) };
    return `http://${authority}/?${new URLSearchParams(query).toString().replaceAll('%2F', '/')}`;
  };
  return { authority, pid, userDataDir, extensionsDir, web, ended, url, stop };
}

/** Runs the code-server command line to its end (`--version`, `--install-extension x.vsix`…) for its exit code. */
export async function runServerCli(args: string[]): Promise<number> {
  const web = await ensureVSCodeWeb({ browser: false });
  const scratch = mkdtempSync(join(tmpdir(), 'vscode-web-'));
  const own = ['--config', join(scratch, 'config.yaml')];
  if (!args.some((arg) => arg.startsWith('--user-data-dir')))
    own.push('--user-data-dir', join(scratch, 'user-data'));
  try {
    const child = spawn(web.node, [web.entry, ...own, ...args], {
      env: windowEnvironment({}),
      stdio: 'inherit',
    });
    return await new Promise((done, fail) =>
      child.once('error', fail).once('exit', (code) => done(code ?? 1)),
    );
  } finally {
    removeFolder(scratch);
  }
}

function writeSettings(userDataDir: string, settings: Settings): void {
  const file = join(userDataDir, 'User', 'settings.json');
  mkdirSync(join(userDataDir, 'User'), { recursive: true });
  let kept: Settings = {};
  try {
    kept = JSON.parse(readFileSync(file, 'utf8')) as Settings;
  } catch {
    // no settings yet
  }
  writeFileSync(file, JSON.stringify({ ...quietSettings, ...kept, ...settings }, null, 2));
}

/**
 * Our environment without what marks us as a child of npm or of another VS Code. VSCODE_CLI says that it comes from a
 * shell: else the server starts the user's login shell to ask for one, gives it ten seconds and kills it, which costs
 * just as long where two of them wait for each other (pyenv's), and may leave a lock behind.
 */
function windowEnvironment(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_|ELECTRON_RUN_AS_NODE$|npm_(package|lifecycle)_|npm_command$|INIT_CWD$)/;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(own), VSCODE_CLI: '1', EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...extra };
}
