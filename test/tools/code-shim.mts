/**
 * Stands in for the desktop `code` executable: same arguments, same exit code, but the workbench runs in headless
 * Chromium. A suite that passed → 0. A failed test, a crash, an early `process.exit`, no result in time → 1.
 *
 * `writeCodeShim` of code-shim-executable.mts makes the file to give to @vscode/test-electron.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { parseCodeArguments } from './code-shim-arguments.mts';
import { atTheEnd, removeFolder } from './leave-nothing-behind.mts';
import { runServerCli, startServer, type VSCodeServer } from './vscode-web.mts';
import { openWorkbench, type Workbench } from './workbench-window.mts';

/** What the workbench itself prints on every run; CODE_SHIM_VERBOSE=1 shows it. */
const noise = new RegExp(
  [
    '^\\[(reconnection-grace|remote-connection|Service Worker|AgentHost|AccountPolicy|ChatModel)',
    '^Resolv\\w+ connection token',
    '^Creating a socket',
    '^(Ignoring fetching|Updating) additional builtin',
    '^Creation of workbench contribution',
    '^Error while fetching the extension under dev',
    '^Canceled: ',
    '^Timed out waiting for authentication provider',
    "^Cannot read properties of undefined \\(reading '(add|extensionHost)'\\)",
  ].join('|'),
);
const verbose = process.env['CODE_SHIM_VERBOSE'] === '1';
const timeLimit = Number(process.env['CODE_SHIM_TIMEOUT_MS'] ?? 40 * 60_000);

const args = parseCodeArguments(process.argv.slice(2));
if (args.commandLineOnly) process.exit(await runServerCli(process.argv.slice(2)));

const testsPath = args.last('extensionTestsPath');
const suite = testsPath && createRequire(import.meta.url).resolve(resolve(testsPath));
const scratch = mkdtempSync(join(tmpdir(), 'code-shim-'));
atTheEnd(() => removeFolder(scratch));
const parent = process.ppid; // killed, it could not have told us: without this we would work on for nobody
setInterval(() => process.ppid !== parent && process.exit(1), 1_000).unref();
const resultFile = join(scratch, 'result.json');

let server: VSCodeServer | undefined;
let workbench: Workbench | undefined;
const { promise: ended, end, isOver } = onlyOnce();
try {
  server = await startServer({
    userDataDir: args.last('user-data-dir'),
    extensionsDir: args.last('extensions-dir'),
    env: suite ? { CODE_SHIM_SUITE: suite, CODE_SHIM_RESULT: resultFile } : {},
    onLine: (line) => verbose && console.error(`[server] ${line}`),
  });
  void server.ended.then(() => end(1, 'the VS Code server ended'));
  if (suite) setTimeout(() => end(1, `no result after ${timeLimit} ms`), timeLimit).unref();
  workbench = await openWorkbench(server, {
    workspace: args.workspace,
    developmentPaths: args.all('extensionDevelopmentPath'),
    testsPath: suite && fileURLToPath(new URL('code-shim-suite.cjs', import.meta.url)),
    onLog: (level, values) => {
      const text = format(...values);
      if (!isOver() && (verbose || !noise.test(text))) console[level === 'error' ? 'error' : 'log'](text);
    },
    onExit: (code) => {
      const passed = suitePassed();
      if (passed === undefined) end(code || 1, 'the extension host ended before the test suite did');
      else end(passed ? 0 : code || 1);
    },
  });
  workbench.page.on('crash', () => end(1, 'the page of the workbench crashed'));
  workbench.page.on('close', () => end(1, 'the page of the workbench was closed'));
  process.exitCode = await ended;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await workbench?.close().catch(() => undefined);
  await server?.stop();
}
process.exit();

/** Whether the suite passed; undefined as long as it has not ended. */
function suitePassed(): boolean | undefined {
  try {
    return (JSON.parse(readFileSync(resultFile, 'utf8')) as { passed: boolean }).passed;
  } catch {
    return undefined;
  }
}

/** Many things can end a run, and closing it causes more of them: the first one counts. */
function onlyOnce() {
  let over = false;
  let done: (code: number) => void;
  const promise = new Promise<number>((resolved) => (done = resolved));
  const end = (code: number, why?: string): void => {
    if (over) return;
    over = true;
    if (why !== undefined) console.error(`code-shim: ${why}`);
    done(code);
  };
  return { promise, end, isOver: () => over };
}
