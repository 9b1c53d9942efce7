/** Ports of the loopback that nobody has, found in advance: a save does not wait for them. */
import { randomInt } from 'node:crypto';
import net from 'node:net';

/** Below those that systems give to outgoing connections, which would take one between two looks. */
const range = { from: 20_000, to: 32_000 };
const inAdvance = 4;

/** Where a generation is to listen. */
export interface Place {
  readonly port: number;
  /** Sockets that listen there already, for it to inherit from 3 on. */
  readonly descriptors?: readonly number[];
  /** Whether it accepts there; undefined where the system does not tell. Without, its listening tells. */
  readonly isServed?: (pids: readonly number[]) => Promise<boolean | undefined>;
  /** Its generation is gone. */
  readonly close?: () => void;
}

export interface Places {
  /** Resolves when the next one can be taken. */
  ready(): Promise<void>;
  take(): Place;
}

export class PrivatePorts implements Places {
  private readonly free: number[] = [];
  private filling: Promise<void> | undefined;

  async ready(): Promise<void> {
    if (this.free.length === 0) await this.fill();
  }

  take(): Place {
    const port = this.free.shift() ?? randomInt(range.from, range.to);
    void this.fill();
    return { port };
  }

  private async fill(): Promise<void> {
    this.filling ??= this.find().finally(() => (this.filling = undefined));
    await this.filling;
  }

  private async find(): Promise<void> {
    while (this.free.length < inAdvance) {
      const port = randomInt(range.from, range.to);
      if (!this.free.includes(port) && (await isFree(port))) this.free.push(port);
    }
  }
}

/** On every address: the app may ask for any. */
function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
