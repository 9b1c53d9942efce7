/** Newline-delimited JSON both ways; shared by the supervisor and the Node preload, so no imports. */

/** Returns a function that takes text pieces and calls back with each whole line. */
export function splitLines(onLine: (line: string) => void): (piece: string) => void {
  let rest = '';
  return (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  };
}

/**
 * A line's message, or undefined if the line is no JSON object with a `type`.
 * Which types are known is the receiver's business: unknown ones are to be ignored.
 */
export function parseMessage(line: string): { readonly type: string } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string') {
      return value as { readonly type: string };
    }
  } catch {
    // Not JSON: the caller names the line.
  }
  return undefined;
}
