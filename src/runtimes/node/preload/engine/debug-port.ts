/**
 * The port on which a debugger is served. The one that `--inspect` asks for there is once, and whoever serves the app has
 * it. Under Hot Swap's own debugging each process has one of its own.
 */
import { writeSync } from 'node:fs';
import type inspector from 'node:inspector';
import type { Inspecting, Invitation } from '../../../protocol/messages.ts';

/** `--inspect=127.0.0.1:9229`, `--inspect-brk`; the host is what stands before the last colon. */
const flag = /^--inspect(?:-brk|-wait)?(?:=(?:(.+):)?\d+)?$/;

/** Of a process that serves. */
export class DebugPort {
  /** From its start: auto attach. What we attach leaves the same word, for what the process starts. */
  private readonly isJsDebugs: boolean;

  /** `isOwn`: under Hot Swap's debugging it has one of its own, to its end, and none to give away. */
  constructor(private isOwn: boolean) {
    this.isJsDebugs = !isOwn && jsDebug in process.env;
  }

  /** The older generation had it while this one booted, or is to have it back. */
  take(): void {
    const found = this.isOwn ? undefined : asked();
    if (found === undefined || debuggers().url() !== undefined) return;
    debuggers().open(process.debugPort, found[1]);
  }

  /** Before a successor takes it: a debugger is cut off, and finds new code when it comes back. */
  leave(): void {
    if (!this.isOwn && asked() !== undefined && debuggers().url() !== undefined) debuggers().close();
  }

  /** A debugger comes while it serves, unless one is there. */
  open(say: (where: Inspecting) => void): void {
    if (this.isJsDebugs) return;
    this.isOwn = true;
    say({ pid: process.pid, port: openInspector(), waits: false });
  }
}

/** Programs that only start the app: a debugger has no business there. By the name of their package or file. */
const starters = new Set(
  (
    'npm npm-cli npx npx-cli pnpm pnpx yarn yarnpkg corepack bun tsx cross-env dotenv dotenv-cli dotenvx env-cmd ' +
    'concurrently npm-run-all npm-run-all2 run-s run-p run-pty wait-on start-server-and-test nodemon turbo nx lerna'
  ).split(' '),
);

/** js-debug is in a process by itself: its parent is debugged already. */
const jsDebug = 'VSCODE_INSPECTOR_OPTIONS';

/** Called before the app: opens a port, says so, and blocks until a debugger has attached and let it go on. */
export function awaitDebugger(invitation: Invitation): void {
  if (!canBeDebugged(invitation)) return;
  say(invitation, { waits: true });
  debuggers().waitForDebugger();
}

/**
 * Called by a standby: the same ahead of its release, so that nobody waits for a debugger then. Blocks until it is let
 * go for the second time: the first one is the debugger's own, which has seen all that is loaded and set its
 * breakpoints, and is heard while it waits for the second. False: it can't be.
 */
export function meetDebugger(invitation: Invitation): boolean {
  if (!canBeDebugged(invitation)) return false;
  say(invitation, { waits: true, ahead: true });
  const { waitForDebugger } = debuggers();
  waitForDebugger();
  waitForDebugger();
  return true;
}

/** Of one that has met its debugger: it is released. */
export function goneOn(invitation: Invitation): void {
  say(invitation, { waits: false, ahead: true });
}

function canBeDebugged({ handles }: Invitation): boolean {
  return handles >= 0 && !(jsDebug in process.env) && runsApp(process.argv[1]);
}

/** No event loop turns yet. */
function say({ handles, token }: Invitation, how: Pick<Inspecting, 'waits' | 'ahead'>): void {
  const inspecting: Inspecting = { pid: process.pid, port: openInspector(), ...how };
  writeSync(handles, `${JSON.stringify({ token, inspecting })}\n`);
}

/** Its port, which it has already if it was started with `--inspect`. */
function openInspector(): number {
  const { open, url } = debuggers();
  if (url() === undefined) open(0, '127.0.0.1');
  return Number(new URL(url() ?? '').port);
}

function runsApp(main: string | undefined): boolean {
  if (main === undefined) return false; // `node -e`
  const names = main.replace(/\.[cm]?js$/, '').split(/[\\/]/);
  const at = names.lastIndexOf('node_modules');
  const program = names.at(-1) ?? '';
  return !starters.has(program) && !(at >= 0 && starters.has(names[at + 1] ?? ''));
}

/** A cluster's workers have ports of their own. */
function asked(): RegExpExecArray | undefined {
  if (process.env['NODE_UNIQUE_ID'] !== undefined || process.debugPort === 0) return undefined;
  const flags = [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(' ')];
  return flags.map((one) => flag.exec(one)).find((one) => one !== null) ?? undefined;
}

/** Loaded by nobody who is not debugged. */
function debuggers(): typeof inspector {
  return require('node:inspector') as typeof inspector;
}
