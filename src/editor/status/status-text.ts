/** What the status bar says about a server, in every state. No vscode here: see statusBar.ts. */
import type { ListenerStatus, ServerStatus } from '../../shared/model.ts';

export interface Indicator {
  /** With `$(icon)`s. */
  readonly text: string;
  /** What a screen reader says. */
  readonly label: string;
  /** True for what a user must see: newer code failed, or nothing serves. */
  readonly alarming: boolean;
}

export const offIndicator: Indicator = {
  text: '$(circle-outline) Hot Swap',
  label: 'Hot Swap: no server running',
  alarming: false,
};

/** @param named whether the text begins with the server's name; the label always does */
export function indicate(status: ServerStatus, named: boolean): Indicator {
  const name = named ? `${status.name} ` : '';
  const gen = status.serving?.generation;
  const next = status.candidate;
  const say = (icon: string, text: string, label: string, alarming = false): Indicator => ({
    text: `$(${icon}) ${name}${text}`,
    label: `${status.name}: ${label}`,
    alarming,
  });

  switch (status.state) {
    case 'off':
      return offIndicator;
    case 'starting':
      return say('sync~spin', genText(next), `starting ${generation(next)}`);
    case 'serving': {
      const crashed = status.failure?.generation;
      if (crashed !== undefined) {
        const label = `${generation(gen)} serving${ports(status, ' on ')} after ${generation(crashed)} crashed`;
        return say('warning', `${genText(gen)} (${number(crashed)} crashed)${shortPorts(status)}`, label);
      }
      return say(
        'arrow-swap',
        genText(gen) + shortPorts(status),
        `${generation(gen)} serving${ports(status, ' on ')}`,
      );
    }
    case 'swapping':
      return say(
        'sync~spin',
        `${genText(gen)} → ${number(next)}`,
        `swapping ${generation(gen)} for ${number(next)}`,
      );
    case 'stale': {
      const failed = status.failure?.generation;
      const label = `${generation(failed)} failed to start, ${generation(gen)} still serves older code`;
      return say('warning', `${genText(gen)} (${number(failed)} failed)`, label, true);
    }
    case 'down': {
      const open = status.listeners.length > 0;
      const text = open ? `down, holding${shortPorts(status)}` : 'down';
      const waiting = open ? `; connections${ports(status, ' to ')} wait` : '';
      return say('error', text, `no generation can serve${waiting}`, true);
    }
    case 'stopping':
      return say('sync~spin', 'stopping', 'stopping');
  }
}

/** ` :3000 :3001`, or nothing for a server without ports. */
function shortPorts(status: ServerStatus): string {
  return portsOf(status.listeners)
    .map((port) => ` :${String(port)}`)
    .join('');
}

/** ` on port 3000`, ` on ports 3000 and 3001`. */
function ports(status: ServerStatus, preposition: string): string {
  const all = portsOf(status.listeners);
  return all.length === 0 ? '' : `${preposition}${all.length === 1 ? 'port' : 'ports'} ${all.join(' and ')}`;
}

/** Each port once: one server may listen on it for IPv4 and IPv6. */
export function portsOf(listeners: readonly ListenerStatus[]): readonly number[] {
  return [...new Set(listeners.flatMap(({ port }) => (port === undefined ? [] : [port])))];
}

const number = (value: number | undefined): string => (value === undefined ? '?' : String(value));
const genText = (value: number | undefined): string => `gen ${number(value)}`;
const generation = (value: number | undefined): string => `generation ${number(value)}`;
