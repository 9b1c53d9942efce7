/** How generations and ports are called in the status bar, in short and as a screen reader says them. */
import type { ListenerStatus, ServerStatus } from '../../shared/model.ts';

/** ` :3000 :3001`, or nothing for a server without ports. */
export function shortPorts(status: ServerStatus): string {
  return portsOf(status.listeners)
    .map((port) => ` :${String(port)}`)
    .join('');
}

/** ` on port 3000`, ` on ports 3000 and 3001`. */
export function ports(status: ServerStatus, preposition: string): string {
  const all = portsOf(status.listeners);
  return all.length === 0 ? '' : `${preposition}${all.length === 1 ? 'port' : 'ports'} ${all.join(' and ')}`;
}

/** Each port once: one server may listen on it for IPv4 and IPv6. */
export function portsOf(listeners: readonly ListenerStatus[]): readonly number[] {
  return [...new Set(listeners.flatMap(({ port }) => (port === undefined ? [] : [port])))];
}

export const number = (value: number | undefined): string => (value === undefined ? '?' : String(value));
export const genText = (value: number | undefined): string => `gen ${number(value)}`;
export const generation = (value: number | undefined): string => `generation ${number(value)}`;
