/** Where a listener is, as far as its key tells (sockets/listener-key.ts). */

/** Undefined for Unix sockets, and where any port would do. */
export function portOf(key: string): number | undefined {
  const [, port] = /^tcp:.*:(\d+)$/.exec(key) ?? [];
  return port === undefined || port === '0' ? undefined : Number(port);
}

/** Of a Unix socket that has a file. */
export function pathOf(key: string): string | undefined {
  return key.startsWith('unix:/') ? key.slice('unix:'.length) : undefined;
}
