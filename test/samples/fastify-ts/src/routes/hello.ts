import type { FastifyInstance } from 'fastify';
import { VERSION } from '../version.ts';

export async function hello(app: FastifyInstance): Promise<void> {
  app.get('/', async () => `Hello from ${VERSION}\n`);
  app.get('/health', async () => ({ version: VERSION, pid: process.pid }));
}
