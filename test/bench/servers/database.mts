import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Stands in for a database: knows how many clients it has, and how often their timers fire. */
export class Database {
  private readonly clients = new Set<net.Socket>();
  private ticks = 0;
  private readonly server = net.createServer((client) => {
    this.clients.add(client);
    client.on('data', (data) => (this.ticks += data.toString('latin1').split('\n').length - 1));
    client.once('error', () => {}); // a client that was killed; 'close' follows
    client.once('close', () => this.clients.delete(client));
  });

  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.clients.size;
  }

  async ticksPerSecond(overMs: number): Promise<number> {
    const [before, start] = [this.ticks, performance.now()];
    await sleep(overMs);
    return ((this.ticks - before) * 1000) / (performance.now() - start);
  }

  close(): void {
    for (const client of this.clients) client.destroy();
    this.server.close();
  }
}
