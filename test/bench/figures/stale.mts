import type { Exchange } from '../load/exchange.mts';
import type { Recording, Save } from '../measure/edits.mts';

export interface Stale {
  exchange: Exchange;
  /** How many ms after old code should have fallen silent the request was sent. */
  lateByMs: number;
}

/**
 * Stale A: the client had already seen newer code when it sent the request, and older code answered. (Old answers
 * that merely arrive after a new one, to requests sent before it, are `overtaken`: in flight, not stale.)
 */
export function afterNewerWasSeen(exchanges: Exchange[]): { stale: Stale[]; overtaken: number } {
  const stale: Stale[] = [];
  let overtaken = 0;
  for (const asked of perClient(answered(exchanges))) {
    // The first sight of each version by this client, newest last.
    const sights: Exchange[] = [];
    for (const exchange of asked.sort((a, b) => a.firstOrder! - b.firstOrder!)) {
      const newest = sights.at(-1);
      if (!newest || exchange.version! > newest.version!) sights.push(exchange);
      else if (exchange.version! < newest.version!) {
        const newer = sights.find((sight) => sight.version! > exchange.version!)!;
        if (exchange.sentOrder! > newer.firstOrder!) {
          stale.push({ exchange, lateByMs: exchange.sent! - newer.first! });
        } else overtaken++;
      }
    }
  }
  return { stale, overtaken };
}

/** Old answers to requests sent after a moment that each good save has, such as the start of its swap. */
export function afterMoment(recording: Recording, momentOf: (save: Save) => number | undefined): Stale[] {
  const moments = recording.saves
    .filter((save) => save.kind !== 'broken' && save.firstNew !== undefined)
    .map((save) => ({ version: save.version, time: momentOf(save) ?? Infinity }));
  return answered(recording.exchanges).flatMap((exchange) => {
    const newer = moments.find(({ version, time }) => version > exchange.version! && exchange.sent! > time);
    return newer ? [{ exchange, lateByMs: exchange.sent! - newer.time }] : [];
  });
}

function answered(exchanges: Exchange[]): Exchange[] {
  return exchanges.filter((exchange) => exchange.version !== undefined && exchange.sent !== undefined);
}

function perClient(exchanges: Exchange[]): Iterable<Exchange[]> {
  const clients = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    const asked = clients.get(exchange.client);
    if (asked) asked.push(exchange);
    else clients.set(exchange.client, [exchange]);
  }
  return clients.values();
}
