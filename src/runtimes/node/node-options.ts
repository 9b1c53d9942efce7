/** NODE_OPTIONS with and without our preload; what the user has in it stays, in its order. */

function flag(preload: string): string {
  return `--require "${preload.replaceAll(/["\\]/g, '\\$&')}"`;
}

export function nodeOptionsWith(options: string, preload: string): string {
  const rest = nodeOptionsWithout(options, preload);
  return rest === '' ? flag(preload) : `${flag(preload)} ${rest}`;
}

/** Wherever it is: scripts put their own options before what they inherit, too. */
export function nodeOptionsWithout(options: string, preload: string): string {
  const own = flag(preload);
  const at = options.indexOf(own);
  if (at < 0) return options;
  return `${options.slice(0, at)}${options.slice(at + own.length).trimStart()}`.trimEnd();
}
