/** Servers in TypeScript, and those of frameworks that are at home there. */
import { appOf, json, typedAppOf } from './app.ts';
import type { EquivalenceApp } from './app.ts';

export const typed: readonly EquivalenceApp[] = [
  {
    name: 'tsx, ES modules: fastify, zod, chokidar',
    command: ['npm', '--silent', 'start'],
    modules: 200,
    requests: [json('/users', { name: 'Ada' }), json('/users', {})],
    files: typedAppOf({
      'package.json': '{"type":"module","scripts":{"start":"tsx server.ts"}}',
      'server.ts': `
import witness from './lib/witness.cjs';
import Fastify, { type FastifyInstance } from 'fastify';
import { FSWatcher } from 'chokidar';
import { users } from './users.ts';
witness.note('server begins', [typeof FSWatcher, import.meta.url]);
const app: FastifyInstance = Fastify();
await app.register(users);
app.get('/seen', (request, reply) => reply.type('application/json').send(witness.report()));
await app.listen({ port: Number(process.env.PORT), host: '::' });
witness.note('listens');`,
      'users.ts': `
import witness from './lib/witness.cjs';
import { version } from './lib/version.ts';
import { z } from 'zod';
witness.note('users begin');
enum Kind { New = 'new' }
const User = z.object({ name: z.string() });
export const users = async (app: { post(path: string, handler: Function): void }) => {
  app.post('/users', async ({ body }: { body: unknown }) => ({ version, kind: Kind.New, ...User.safeParse(body) }));
};`,
    }),
  },
  {
    name: 'tsx, CommonJS: express, zod',
    command: ['node', '--import', 'tsx', 'server.ts'],
    modules: 200,
    requests: [{ path: '/' }],
    files: typedAppOf({
      'server.ts': `
import { note, report } from './lib/witness.cjs';
note('server begins', require.main === module);
import express, { type Request, type Response } from 'express';
import { z } from 'zod';
import { version } from './lib/version';
note('all are there');
const app = express();
app.get('/', (request: Request, response: Response) => response.json([version, z.string().safeParse(1)]));
app.get('/seen', (request: Request, response: Response) => response.type('json').send(report()));
app.listen(process.env.PORT, () => note('listens'));`,
    }),
  },
  {
    name: 'ts-node: koa',
    command: ['node', '-r', 'ts-node/register/transpile-only', 'server.ts'],
    modules: 50,
    requests: [{ path: '/' }],
    files: typedAppOf({
      'tsconfig.json':
        '{"compilerOptions":{"module":"commonjs","target":"es2022","esModuleInterop":true,"moduleResolution":"node10","ignoreDeprecations":"6.0","rootDir":"."}}',
      'server.ts': `
import { note, report } from './lib/witness.cjs';
console.error('begins');
note('server begins');
import Koa from 'koa';
import { version } from './lib/version';
const app: Koa = new Koa();
app.use((context: { path: string; body: unknown }) => { context.body = context.path === '/seen' ? report() : version; });
app.listen(process.env.PORT, () => note('listens'));`,
    }),
  },
  {
    name: '@nestjs, with reflect-metadata, as it is compiled',
    command: ['node', 'dist/main.js'],
    modules: 700,
    requests: [{ path: '/' }, { path: '/nowhere' }],
    files: appOf({
      'dist/main.js': `
const { note } = require('../lib/witness.cjs');
note('main begins', typeof Reflect.getMetadata);
const { NestFactory } = require('@nestjs/core');
const { AppModule } = require('./app.module');
note('all are there', typeof Reflect.getMetadata);
NestFactory.create(AppModule, { logger: false }).then((app) => app.listen(process.env.PORT)).then(() => note('listens'));`,
      'dist/app.module.js': `
const { note, report } = require('../lib/witness.cjs');
note('module begins');
const { Controller, Get, Module } = require('@nestjs/common');
const version = require('../lib/version.cjs');
class AppController {
  index() { return { version, metadata: Reflect.getMetadataKeys(AppController) }; }
  seen() { return report(); }
}
for (const [name, path] of [['index', ''], ['seen', 'seen']])
  Get(path)(AppController.prototype, name, Object.getOwnPropertyDescriptor(AppController.prototype, name));
Controller()(AppController);
class AppModule {}
Module({ controllers: [AppController] })(AppModule);
exports.AppModule = AppModule;`,
    }),
  },
  {
    name: 'CommonJS that imports ES modules',
    command: ['node', 'server.js'],
    modules: 3,
    requests: [{ path: '/' }],
    files: appOf({
      'server.js': `
const { note, report } = require('./lib/witness.cjs');
note('server begins', [require.main === module, module.parent === null, module.id]);
process.nextTick(() => note('tick'));
Promise.resolve().then(() => note('microtask'));
setImmediate(() => note('immediate'));
const version = require('./lib/version.cjs');
const http = require('node:http');
const polka = require('polka');
const chokidar = import('chokidar');
chokidar.then(({ FSWatcher }) => {
  note('chokidar is there', typeof FSWatcher);
  http.createServer((request, response) => response.end(request.url === '/seen' ? report() : version)).listen(process.env.PORT, () => note('listens'));
});`,
    }),
  },
];
