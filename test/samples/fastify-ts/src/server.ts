import Fastify from 'fastify';
import { demo } from './routes/demo.ts';
import { hello } from './routes/hello.ts';
import { todos } from './routes/todos.ts';

const app = Fastify({ logger: { level: 'warn' } });

await app.register(hello);
await app.register(demo);
await app.register(todos, { prefix: '/todos' });

const address = await app.listen({ port: Number(process.env.PORT) || 3000 });
console.log(`listening on ${address}`);
