import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { VERSION } from '../version.ts';

export async function demo(app: FastifyInstance): Promise<void> {
  // A request that takes its time: GET /slow?ms=500
  app.get<{ Querystring: { ms?: string } }>('/slow', async (request) => {
    await sleep(Math.min(Number(request.query.ms) || 1000, 60_000));
    return `slow ${VERSION}\n`;
  });

  // A response that takes two seconds to write: twenty pieces, then a last line.
  app.get('/stream', (_request, reply) => reply.type('text/plain').send(Readable.from(pieces())));
}

async function* pieces(): AsyncGenerator<string> {
  yield `stream of ${VERSION}\n`;
  for (let piece = 1; piece <= 20; piece++) {
    await sleep(100);
    yield `piece ${piece}\n`;
  }
  yield 'end of stream\n';
}
