/**
 * A thread of the supervisor in which one server's front lives: what the supervisor has to do keeps no request waiting,
 * and the other way round. It ends with the supervisor, however that ends.
 */
import { parentPort } from 'node:worker_threads';
import { obey } from '../protocol/obey.ts';
import type { FromGeneration, ToGeneration } from '../protocol/messages.ts';
import { Front } from './front.ts';
import type { Opening } from './front.ts';
import type { Seat } from './route.ts';

export type ToThread =
  | {
      readonly to: 'listen';
      readonly port: number;
      readonly hosts: readonly (string | undefined)[];
      readonly mixed: boolean;
    }
  | { readonly to: 'close' }
  | ({ readonly to: 'open'; readonly generation: number } & Opening)
  | { readonly to: 'hear'; readonly generation: number; readonly message: ToGeneration }
  | { readonly to: 'leave'; readonly generation: number };

export type FromThread =
  | { readonly on: 'listening' }
  | { readonly on: 'taken'; readonly code: string; readonly message: string }
  | { readonly on: 'open'; readonly generation: number }
  | { readonly on: 'says'; readonly generation: number; readonly message: FromGeneration };

const port = parentPort;
const seats = new Map<number, Promise<Seat>>();
let front: Front | undefined;

function tell(news: FromThread): void {
  port?.postMessage(news);
}

async function carryOut(order: ToThread): Promise<void> {
  switch (order.to) {
    case 'listen': {
      const opened = new Front();
      try {
        await opened.listen(order.port, order.hosts, order.mixed);
        front = opened;
        tell({ on: 'listening' });
      } catch (error) {
        const { code = 'EUNKNOWN', message } = error as NodeJS.ErrnoException;
        tell({ on: 'taken', code, message });
      }
      return;
    }
    case 'close':
      front?.close();
      front = undefined;
      return;
    case 'open': {
      const { generation } = order;
      const seat = front?.open(order, (message) => tell({ on: 'says', generation, message }));
      if (seat === undefined) return;
      seats.set(generation, seat);
      await seat;
      tell({ on: 'open', generation });
      return;
    }
    case 'hear': {
      const seat = await seats.get(order.generation);
      if (seat !== undefined) await obey(order.message, seat);
      return;
    }
    case 'leave':
      (await seats.get(order.generation))?.leave();
      seats.delete(order.generation);
  }
}

port?.on('message', (order: ToThread) => void carryOut(order));
