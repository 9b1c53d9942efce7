/** NODE_OPTIONS with and without our preload; what the user has in it stays, in its order. */

function flag(preload: string): string {
  return `--require "${preload.replaceAll(/["\\]/g, '\\$&')}"`;
}

export function nodeOptionsWith(options: string, preload: string): string {
  const rest = nodeOptionsWithout(options, preload);
  return rest === '' ? flag(preload) : `${flag(preload)} ${rest}`;
}

export function nodeOptionsWithout(options: string, preload: string): string {
  const own = flag(preload);
  return options.startsWith(own) ? options.slice(own.length).trimStart() : options;
}
