/** What the app asked for when it called `listen`, as a key that is the same in every generation. */
import { resolve } from '../engine/paths.ts';
import { pathOf } from '../as-alone/key-address.ts';
import type { AnyServer, NormalizedListen } from '../engine/internals.ts';

/** See Participant. A cluster's primary listens at its workers' doors for them. */
const doorName = /\/g\d+-\d+-\d+$/;

/**
 * Undefined for what is left alone: descriptors and handles that the app brings itself, side doors, and sockets named
 * after this very process (tsx has one to talk to the process it starts), which no later generation will ask for.
 */
export function listenerKey(options: NormalizedListen, used: (key: string) => boolean): string | undefined {
  if (options._handle !== undefined || options.handle !== undefined || typeof options.fd === 'number') {
    return undefined;
  }
  if (options.port === undefined && typeof options.path === 'string') {
    if (doorName.test(options.path)) return undefined;
    if (new RegExp(`\\b${String(process.pid)}\\b`).test(options.path)) return undefined;
    // Linux's abstract sockets have no file: unix(7).
    const abstract = options.path.startsWith('\0');
    return `unix:${abstract ? `@${options.path.slice(1)}` : resolve(options.path)}`;
  }
  const port = options.port ?? 0;
  if (!/^\d+$/.test(String(port))) return undefined; // Node throws its own error
  const key = `tcp:${options.host ?? '*'}:${String(Number(port))}`;
  if (Number(port) !== 0) return key;
  // Any number of listeners may ask for "any port": told apart by their order.
  for (let nth = 1; ; nth += 1) {
    const numbered = nth === 1 ? key : `${key}#${String(nth)}`;
    if (!used(numbered)) return numbered;
  }
}

/**
 * Any port, for this computer alone: who opens that when clients have come already has it for one of them (HAP has a
 * server of its own behind each connection), tells nobody else, and opens another one for the next.
 */
export function isForOneClient({ host, port, path }: NormalizedListen): boolean {
  const isAny = path === undefined && Number(port ?? 0) === 0;
  return isAny && (host === '127.0.0.1' || host === '::1' || host === 'localhost');
}

/** Where clients reach a listener. */
export interface Whereabouts {
  readonly door: string;
  readonly tls: boolean;
  readonly address?: string;
  readonly port?: number;
  readonly path?: string;
}

/** `address`: what its server's `address()` answered. */
export function whereabouts(
  key: string,
  address: ReturnType<AnyServer['address']>,
  door: string,
  tls: boolean,
): Whereabouts {
  const path = pathOf(key);
  if (path !== undefined) return { door, tls, path };
  if (address === null || typeof address === 'string') return { door, tls };
  return { door, tls, address: address.address, port: address.port };
}
