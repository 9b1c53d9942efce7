/** What a server is given to listen on, as settings say it. */
import path from 'node:path';

export interface Address {
  /** As systemd's FileDescriptorName. */
  readonly name: string;
  readonly key: string;
  readonly port?: number;
  readonly host?: string;
  readonly path?: string;
  /** Without the IPv4 addresses of the same port. */
  readonly ipv6Only?: boolean;
}

/** `8080`, `*:8080`, `127.0.0.1:8080`, `[::1]:8080`, `/run/x.sock`, each perhaps after `name=`. */
export function addressOf(text: string, cwd: string): Address | undefined {
  const [, name = 'listen', place = ''] = /^(?:([\w.-]+)=)?(.+)$/.exec(text) ?? [];
  if (/^\.{0,2}\//.test(place)) {
    const file = path.resolve(cwd, place);
    return { name, key: `unix:${file}`, path: file };
  }
  const [, host, port = ''] = /^(?:(.+):)?(\d+)$/.exec(place) ?? [];
  if (port === '' || Number(port) > 65_535) return undefined;
  const bare = host?.replace(/^\[(.*)\]$/, '$1');
  const named = bare === undefined || bare === '*' ? {} : { host: bare === 'localhost' ? '127.0.0.1' : bare };
  return { name, key: `tcp:${named.host ?? '*'}:${port}`, port: Number(port), ...named };
}
