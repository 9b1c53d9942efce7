import type { FastifyInstance } from 'fastify';

interface Todo {
  id: number;
  title: string;
}

const list: Todo[] = [{ id: 1, title: 'save a file' }];

export async function todos(app: FastifyInstance): Promise<void> {
  app.get('/', async () => list);

  app.post<{ Body: { title: string } }>('/', async (request, reply) => {
    const todo = { id: list.length + 1, title: request.body.title };
    list.push(todo);
    return reply.code(201).send(todo);
  });
}
