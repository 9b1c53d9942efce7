/** Clients that are already connected to the older generation when the newer one comes. */
import assert from 'node:assert/strict';
import http from 'node:http';
import type { TestContext } from 'node:test';
import { keptConnection, Running } from './running.ts';

/** A server's source for a version; it answers `GET /` with just that version. */
export type Source = (version: string) => string;

/** When the client's next request arrives: after the cutover, or while the newer code still boots. */
export type Moment = 'relayed' | 'held';
export const moments: readonly Moment[] = ['relayed', 'held'];

export interface Kept {
  readonly app: Running;
  /** Holds the one connection, which an older generation accepted. */
  readonly agent: http.Agent;
  /** The client's end of it. */
  readonly localPort: number;
}

/** `busy` keeps a booting server from listening for so long. */
export const slowly = (source: string, ms = 500): string =>
  `const until = Date.now() + ${ms}; while (Date.now() < until);\n${source}`;

/** Serves it, and swaps only when told to, by `edit`. */
export async function serve(t: TestContext, source: string, ...options: string[]): Promise<Running> {
  const app = await Running.start(t, {
    files: { 'server.js': source },
    command: ['node', 'server.js'],
    options: ['--no-watch', ...options],
  });
  await app.serving(1);
  return app;
}

/** Connects to v1, then saves v2: what the agent asks next belongs to v2. */
export async function keepAlive(t: TestContext, source: Source, moment: Moment = 'relayed'): Promise<Kept> {
  const app = await serve(t, source('v1'));
  const agent = keptConnection(t);
  let localPort = 0;
  agent.once('free', (socket: { localPort: number }) => (localPort = socket.localPort));
  assert.equal((await app.get('/', { agent })).body, 'v1');
  await edit(app, source('v2'), moment);
  return { app, agent, localPort };
}

/** Has the second generation run this source, and waits for the moment. */
export async function edit(app: Running, source: string, moment: Moment = 'relayed'): Promise<void> {
  app.write('server.js', moment === 'held' ? slowly(source) : source);
  app.swap();
  if (moment === 'held') await app.event('starting', (event) => event.generation === 2);
  else await app.serving(2);
}

export interface Reply {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: http.IncomingHttpHeaders;
  readonly trailers: NodeJS.Dict<string>;
  /** Statuses of the informational responses that came before. */
  readonly hints: readonly http.InformationEvent[];
}

/** Like `Running.get`, for what it does not show; `send` writes the body and ends the request. */
export function exchange(
  kept: Pick<Kept, 'app' | 'agent'>,
  options: http.RequestOptions,
  send: (request: http.ClientRequest) => void = (request) => request.end(),
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port: kept.app.port, agent: kept.agent, ...options });
    const hints: http.InformationEvent[] = [];
    request.on('information', (hint) => hints.push(hint));
    request.on('error', reject);
    request.on('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers, trailers } = response;
        resolve({ status, body: Buffer.concat(pieces), headers, trailers, hints });
      });
    });
    send(request);
  });
}
