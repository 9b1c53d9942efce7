/**
 * Whoever asks by connecting whether its port is free, before anything of its generation listens there, finds nobody,
 * although an older generation answers.
 */
import { readdirSync } from 'node:fs';
import type { Invitation } from '../../../protocol/messages.ts';
import { bindingOf } from '../engine/bindings.ts';
import type { UnixFiles } from './unix-files.ts';

type Connect = (this: unknown, ...request: unknown[]) => unknown;
type Class = { readonly prototype: Record<string, Connect> } | undefined;

interface Ports {
  /** `hasPort`: the app has not asked for it yet. */
  readonly inherited: { hasPort(port: number): boolean };
  readonly unixFiles: UnixFiles;
}

export function refuseEarlyConnects(invitation: Invitation, ports: Ports): void {
  const keys = Object.keys(invitation.listeners);
  if (keys.length === 0) return;
  const { inherited, unixFiles } = ports;
  let isEarly = true;
  /** A generation that listens has a side door, be it another process of it. */
  const nobodyListens = (): boolean => {
    if (!isEarly) return false;
    isEarly = !hasDoors(invitation);
    return isEarly;
  };
  if (keys.some((key) => key.startsWith('tcp:'))) {
    const refuses = (address: unknown, port: unknown): string | undefined =>
      inherited.hasPort(Number(port)) && isOwn(String(address)) && nobodyListens()
        ? 'ECONNREFUSED'
        : undefined;
    const { TCP } = (bindingOf('tcp_wrap') ?? {}) as { TCP?: Class };
    for (const method of ['connect', 'connect6']) wrap(TCP, method, refuses);
  }
  if (keys.some((key) => key.startsWith('unix:'))) {
    const { Pipe } = (bindingOf('pipe_wrap') ?? {}) as { Pipe?: Class };
    wrap(Pipe, 'connect', (path) => (nobodyListens() ? unixFiles.refusal(String(path)) : undefined));
  }
}

/** `refuses`: with which error; it must be sure that it is about the app's own port. */
function wrap(
  of: Class,
  method: string,
  refuses: (address: unknown, port: unknown) => string | undefined,
): void {
  const original = of?.prototype[method];
  if (of === undefined || original === undefined) return;
  of.prototype[method] = function (this: unknown, ...all): unknown {
    const code = refuses(all[1], all[2]);
    return code === undefined ? Reflect.apply(original, this, all) : numberOf(code);
  };
}

function hasDoors({ doors, generation }: Invitation): boolean {
  // What waits as a standby, and what stands above it, does not know whose it will be.
  if (generation === 0) return true;
  try {
    return readdirSync(doors).some((name) => name.startsWith(`g${String(generation)}-`));
  } catch {
    return true;
  }
}

/** An address of this machine. */
export function isOwn(address: string): boolean {
  if (/^(127\.|::1$|::ffff:127\.|0\.0\.0\.0$|::$)/.test(address)) return true;
  const { networkInterfaces } = require('node:os') as typeof import('node:os');
  return Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === address));
}

/** As libuv says it. */
function numberOf(code: string): number {
  return Number(bindingOf('uv')?.[`UV_${code}`] ?? -1);
}
