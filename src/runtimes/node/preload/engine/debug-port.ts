/** The port on which a debugger is served (`--inspect`): there is one, and whoever serves the app has it. */
import type inspector from 'node:inspector';

/** `--inspect=127.0.0.1:9229`, `--inspect-brk`; the host is what stands before the last colon. */
const flag = /^--inspect(?:-brk|-wait)?(?:=(?:(.+):)?\d+)?$/;

/** The older generation had it while this one booted, or is to have it back. */
export function takeDebugPort(): void {
  const found = asked();
  if (found === undefined || debuggers().url() !== undefined) return;
  debuggers().open(process.debugPort, found[1]);
}

/** Before a successor takes it: a debugger is cut off, and finds new code when it comes back. */
export function leaveDebugPort(): void {
  if (asked() !== undefined && debuggers().url() !== undefined) debuggers().close();
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
