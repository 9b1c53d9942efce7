/** The calls in which all of `fs` and `fs.promises` ends, seen before they are made, and what their arguments say. */
import { constants } from 'node:fs';
import { compileFunction } from 'node:vm';

export type Call = (this: unknown, ...args: unknown[]) => unknown;
export type After = (answer: unknown) => void;

export const failed = Symbol('failed');

export function writes(flags: unknown): boolean {
  return typeof flags === 'number' && (flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0;
}

/** By callback or promise. */
export function isAsynchronous(args: readonly unknown[]): boolean {
  return args.some((arg) => typeof arg === 'symbol' || hasContext(arg) !== undefined);
}

/** What is streamed goes on to a client, as a rule: `fs.open` as `createReadStream` calls it, not `readFile`. */
export function isKept(args: readonly unknown[]): boolean {
  return !args.some((arg) => hasContext(arg) === false);
}

/** Of a request of `fs`: whether it is one of several that Node makes for one call. Undefined: it is no request. */
function hasContext(arg: unknown): boolean | undefined {
  if (typeof arg !== 'object' || arg === null || !('oncomplete' in arg)) return undefined;
  return (arg as { readonly context?: unknown }).context !== undefined;
}

/** An error that nobody catches is shown with the line that called the binding: Node's, and not a long one of ours. */
const callAsNode = compileFunction('return Reflect.apply(call, self, args);', ['call', 'self', 'args'], {
  filename: 'node:fs',
}) as (call: Call, self: unknown, args: readonly unknown[]) => unknown;

/** `before`: returns what is to be told the answer, or that it `failed`, if anything is. */
export function wrap(
  binding: Record<string, Call | undefined>,
  name: string,
  before: (args: readonly unknown[]) => After | undefined,
): void {
  const original = binding[name];
  if (original === undefined) return;
  binding[name] = function (this: unknown, ...args): unknown {
    const after = before(args);
    if (after === undefined) return callAsNode(original, this, args);
    let answer: unknown = failed;
    // Not caught: what is thrown is to come from where it was thrown.
    try {
      answer = callAsNode(original, this, args);
    } finally {
      after(answer);
    }
    return answer;
  };
}

/** Of newer Nodes: what fs.promises does to a whole file is an object of the binding, in the place of its calls. */
export function meetJob(
  binding: Record<string, Call | undefined>,
  name: string,
  before: (args: readonly unknown[]) => void,
): void {
  const original = binding[name];
  if (original === undefined) return;
  binding[name] = new Proxy(original, {
    construct: (target, args: unknown[], self): object => {
      before(args);
      return Reflect.construct(target, args, self) as object;
    },
  });
}
