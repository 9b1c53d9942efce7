/**
 * One server that is given a socket of its own for each generation, behind a front on the port that clients know: so old
 * and new never accept on the same one, and requests wait, are drained and go to new code as behind any front.
 */
import type { ServerSpec } from '../../shared/spec.ts';
import type { FrontPlan } from '../front/moves.ts';
import { PrivatePorts } from '../front/ports.ts';
import type { Place, Places } from '../front/ports.ts';
import type { SourceGlobs } from '../attendant.ts';
import type { Address } from './address.ts';
import { bind, BindError } from './bind.ts';
import { inodeOf, waitsOn } from './polled.ts';

const loopback = '127.0.0.1';
/** Somebody else may take a port between two looks. */
const tries = 5;

export function planBehind(
  { name, port, host }: Address & { readonly port: number },
  sources: SourceGlobs,
  start: (spec: ServerSpec, addresses: readonly Address[]) => Pick<ServerSpec, 'command' | 'env'>,
): FrontPlan {
  const given = (moved: number): Address => ({
    name,
    key: `tcp:${loopback}:${String(moved)}`,
    host: loopback,
    port: moved,
  });
  return {
    moves: {
      port,
      ...(host === undefined ? {} : { host }),
      to: (spec, moved) => ({ ...start(spec, [given(moved)]), by: 'LISTEN_FDS' }),
    },
    sources,
    places: new GivenSockets(given),
    detail: 'LISTEN_FDS',
    mixed: true,
  };
}

/** Made in advance: a save does not wait for them. */
class GivenSockets implements Places {
  private readonly ports = new PrivatePorts();
  private readonly addressOf: (port: number) => Address;
  private readonly made: Place[] = [];
  private making: Promise<void> | undefined;

  constructor(addressOf: (port: number) => Address) {
    this.addressOf = addressOf;
  }

  async ready(): Promise<void> {
    if (this.made.length === 0) await this.make();
  }

  take(): Place {
    const place = this.made.shift();
    if (place === undefined) throw new Error('no socket was made for the next generation');
    void this.make().catch(() => undefined); // the next start makes one, or says why not
    return place;
  }

  private async make(): Promise<void> {
    this.making ??= this.makeOne().finally(() => (this.making = undefined));
    await this.making;
  }

  private async makeOne(): Promise<void> {
    for (let tried = 1; ; tried += 1) {
      await this.ports.ready();
      const { port } = this.ports.take();
      try {
        const sockets = await bind([this.addressOf(port)]);
        const inodes = await Promise.all(sockets.map(({ fd }) => inodeOf(fd)));
        const known = new Set(inodes.filter((inode) => inode !== undefined));
        this.made.push({
          port,
          descriptors: sockets.map(({ fd }) => fd),
          isServed: async (pids) => (known.size === 0 ? undefined : await waitsOn(pids, known)),
          close: () => {
            for (const socket of sockets) socket.close();
          },
        });
        return;
      } catch (error) {
        if (!(error instanceof BindError) || tried >= tries) throw error;
      }
    }
  }
}
