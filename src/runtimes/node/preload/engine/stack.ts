/** Stacks as Node itself has them: who makes them nicer reads files for that. */

export interface Site {
  getFileName(): string | null | undefined;
  /** In what V8 compiled, which is the file's text where nobody has changed it. */
  getPosition(): number;
  getFunctionName(): string | null;
}

/** Who is running, as text, the innermost first. */
export function trace(): string {
  const restore = formatBy(30, undefined);
  const { stack = '' } = new Error();
  restore();
  return stack;
}

/** The place that called `callee`, as V8 has it: https://v8.dev/docs/stack-trace-api. */
export function callerOf(callee: () => unknown): Site | undefined {
  return callersOf(callee, 1)[0];
}

/** The innermost first. */
export function callersOf(callee: () => unknown, most: number): readonly Site[] {
  const restore = formatBy(most, (_: unknown, sites: unknown) => sites);
  const holder: { stack?: unknown } = {};
  Error.captureStackTrace(holder, callee);
  const sites = holder.stack as readonly Site[];
  restore();
  return sites;
}

/** Returns what puts both back. */
function formatBy(limit: number, format: unknown): () => void {
  const { stackTraceLimit } = Error;
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  Object.assign(Error, { stackTraceLimit: limit, prepareStackTrace: format });
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepare === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Object.defineProperty(Error, 'prepareStackTrace', prepare);
  };
}
