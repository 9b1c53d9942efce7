/** Servers that talk to a database or a queue. */
import type { Recipe } from '../recipe.mts';

const about = `${JSON.stringify({ name: 'app', private: true, scripts: { dev: 'node server.js' } }, undefined, 2)}\n`;
const json = { 'Content-Type': 'application/json' };

const queue = `const { Queue, Worker } = require('bullmq');
const { work } = require('./work');

const connection = { host: '127.0.0.1', port: {redis}, maxRetriesPerRequest: null };
exports.queue = new Queue('mails', { connection });
new Worker('mails', work, { connection });
`;

const queueServer = `const express = require('express');
const { queue } = require('./queue');

const app = express();
app.use(express.json());
app.get('/', async (req, res) => res.json(await queue.getJobCounts('completed', 'failed')));
app.post('/', async (req, res) => res.status(201).json({ id: (await queue.add('mail', req.body)).id }));
app.listen(process.env.PORT);
`;

const knexServer = `const express = require('express');
const { router } = require('./notes');
const { database } = require('./database');

async function main() {
  if (!(await database.schema.hasTable('notes'))) {
    await database.schema.createTable('notes', (table) => {
      table.increments();
      table.string('text');
    });
  }
  const app = express();
  app.use(express.json());
  app.use('/notes', router);
  app.listen(process.env.PORT);
}
main();
`;

const notes = `const { Router } = require('express');
const { database } = require('./database');

exports.router = Router();
exports.router.get('/', async (req, res) => res.json(await database('notes').orderBy('id', 'desc').limit(5)));
exports.router.post('/', async (req, res) => {
  await database('notes').insert({ text: String(req.body.text) });
  res.status(201).end();
});
`;

const typeormServer = `import 'reflect-metadata';
import express from 'express';
import { source } from './data-source';
import { Note } from './note';

source.initialize().then(() => {
  const app = express();
  app.use(express.json());
  const notes = source.getRepository(Note);
  app.get('/notes', async (req, res) => { res.json(await notes.find({ order: { id: 'DESC' }, take: 5 })); });
  app.post('/notes', async (req, res) => { res.status(201).json(await notes.save({ text: String(req.body.text) })); });
  app.listen(process.env.PORT);
});
`;

const source = `import { DataSource } from 'typeorm';
import { Note } from './note';

export const source = new DataSource({
  type: 'postgres', host: '127.0.0.1', port: {postgres}, username: 'postgres', database: 'postgres',
  synchronize: true, entities: [Note],
});
`;

const note = `import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity()
export class Note {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  text!: string;
}
`;

export const data: readonly Recipe[] = [
  {
    name: 'bullmq',
    title: 'bullmq on Redis',
    project: {
      adds: ['bullmq', 'ioredis', 'express'],
      files: {
        'package.json': about,
        'server.js': queueServer,
        'queue.js': queue,
        'work.js': 'exports.work = async (job) => job.data;\n',
      },
    },
    needs: 'redis',
    command: 'npm run dev',
    post: { path: '/', headers: json, body: '{"to":"{n}"}' },
    saves: { entry: 'server.js', route: 'queue.js', deep: 'work.js', config: 'package.json' },
  },
  {
    name: 'knex',
    title: 'knex on PostgreSQL',
    project: {
      adds: ['knex', 'pg', 'express'],
      files: {
        'package.json': about,
        'server.js': knexServer,
        'notes.js': notes,
        'database.js': "exports.database = require('knex')(require('./knexfile'));\n",
        'knexfile.js':
          "module.exports = { client: 'pg', connection: { host: '127.0.0.1', port: {postgres}, user: 'postgres' } };\n",
      },
    },
    needs: 'postgres',
    command: 'npm run dev',
    get: ['/notes'],
    post: { path: '/notes', headers: json, body: '{"text":"{n}"}' },
    saves: { entry: 'server.js', route: 'notes.js', deep: 'database.js', config: 'knexfile.js' },
  },
  {
    name: 'typeorm',
    title: 'typeorm on PostgreSQL',
    project: {
      adds: [
        'typeorm',
        'pg',
        'reflect-metadata',
        'express',
        'ts-node',
        'nodemon',
        'typescript',
        '@types/node',
        '@types/express',
      ],
      files: {
        'package.json': `${JSON.stringify({ name: 'app', scripts: { dev: 'nodemon --exec ts-node src/index.ts' } })}\n`,
        'tsconfig.json':
          '{ "compilerOptions": { "target": "ES2022", "module": "CommonJS", "strict": true, "esModuleInterop": true, "emitDecoratorMetadata": true, "experimentalDecorators": true } }\n',
        'src/index.ts': typeormServer,
        'src/data-source.ts': source,
        'src/note.ts': note,
      },
    },
    needs: 'postgres',
    command: 'npm run dev',
    get: ['/notes'],
    post: { path: '/notes', headers: json, body: '{"text":"{n}"}' },
    saves: {
      entry: 'src/index.ts',
      route: 'src/data-source.ts',
      deep: 'src/note.ts',
      config: 'tsconfig.json',
    },
  },
];
