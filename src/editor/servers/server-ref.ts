/** Names a server to a command, across windows and folders. */
export interface ServerRef {
  /** Path of the workspace folder. */
  readonly folder: string;
  readonly server: string;
}

export function sameServer(a: ServerRef, b: ServerRef): boolean {
  return a.folder === b.folder && a.server === b.server;
}
