/** Who asks. Each way of speaking has its own, all tell the same. */
import type { Details } from '../../bench/load/connection.mts';
import type { Exchange } from '../../bench/load/exchange.mts';
import type { Speaks } from '../recipe.mts';
import { Http2Clients } from './http2.mts';
import { HttpClients } from './http.mts';
import { LineClients } from './lines.mts';

export interface Question extends Details {
  readonly path: string;
  /** What it is called where statuses are compared. */
  readonly name: string;
}

/** One question and what became of it; `version` is the number of the newest save that the answer knows of. */
export interface Answered extends Exchange {
  readonly question: string;
  status?: number;
}

export interface Clients {
  /** `client`: one that keeps its connection; without, the connection is for this question only. Never throws. */
  ask(question: Question, client?: string): Promise<Answered>;
  close(): void;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export function clientsFor(speaks: Speaks, address: Address): Clients {
  if (speaks === 'http2') return new Http2Clients(address);
  if (speaks === 'lines') return new LineClients(address);
  return new HttpClients(address, speaks === 'https');
}
