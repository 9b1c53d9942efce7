/** Servers that change, early in their life, what everything after it is made of. */
import { appOf } from './app.ts';
import type { EquivalenceApp } from './app.ts';

const express = (name: string): string => `
const express = require('${name}');
note('express is there', [Object.keys(express)]);
const version = require('./lib/version.cjs');
const app = express().disable('etag');
app.get('/', (request, response) => response.json(version));
app.get('/throws', async () => { throw new Error('thrown in ' + version); });
app.get('/seen', (request, response) => response.type('json').send(report()));
app.use((error, request, response, next) => response.status(500).send(error.stack.split('\\n').slice(0, 4).join('\\n').replace(/\\(.*node_modules/g, '(')));
app.listen(process.env.PORT, () => note('listens'));`;
const begin = `
const { note, report } = require('./lib/witness.cjs');
note('server begins');`;
const requests = [{ path: '/' }, { path: '/throws' }];

export const patches: readonly EquivalenceApp[] = [
  {
    name: 'source-map-support/register, express',
    command: ['node', 'server.js'],
    modules: 100,
    requests,
    files: appOf({
      'server.js': `${begin}
require('source-map-support/register');
note('errors have sources', typeof Error.prepareStackTrace);${express('express')}`,
    }),
  },
  {
    name: 'graceful-fs, express',
    command: ['node', 'server.js'],
    modules: 100,
    requests,
    files: appOf({
      'server.js': `${begin}
const before = process.cwd;
const fs = require('graceful-fs');
fs.gracefulify(require('node:fs'));
note('fs is graceful', [process.cwd === before, Object.keys(fs).length]);${express('express')}`,
    }),
  },
  {
    name: 'require-in-the-middle, fastify',
    command: ['node', 'server.js'],
    modules: 0,
    leftOut: ['all packages (the app replaces module.prototype.require)'],
    requests: [{ path: '/' }],
    files: appOf({
      'server.js': `${begin}
const { Hook } = require('require-in-the-middle');
const seen = [];
new Hook(['fastify', 'http', 'pino'], (exports, name) => { seen.push(name); return exports; });
const app = require('fastify')();
note('fastify is there', seen);
app.get('/', async () => [require('./lib/version.cjs'), seen]);
app.get('/seen', async () => report());
app.listen({ port: Number(process.env.PORT), host: '::' }).then(() => note('listens'));`,
    }),
  },
  {
    name: '@opentelemetry, started before http and express',
    command: ['node', '-r', './tracing.js', 'server.js'],
    modules: 0,
    leftOut: [
      'all packages (the app replaces module.prototype.require, http.request, http.get, http.Server.prototype.emit)',
    ],
    requests: [{ path: '/' }, { path: '/throws' }],
    files: appOf({
      'tracing.js': `
const { note } = require('./lib/witness.cjs');
note('tracing begins');
const { NodeTracerProvider, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const spans = globalThis.spans = [];
const onEnd = (span) => spans.push([span.name, span.kind, span.status.code]);
const nothing = async () => {};
new NodeTracerProvider({ spanProcessors: [{ onStart() {}, onEnd, forceFlush: nothing, shutdown: nothing }] }).register();
registerInstrumentations({ instrumentations: [new HttpInstrumentation()] });
note('tracing ends');`,
      'server.js': `${begin}${express('express')}
app.get('/spans', (request, response) => response.json(spans));`,
    }),
  },
  {
    name: 'reflect-metadata and module-alias, koa',
    command: ['node', 'server.js'],
    modules: 40,
    requests: [{ path: '/' }],
    files: appOf({
      'server.js': `${begin}
note('before', typeof Reflect.getMetadata);
require('reflect-metadata');
note('after', typeof Reflect.getMetadata);
require('module-alias').addAlias('@lib', __dirname + '/lib');
const Koa = require('koa');
const version = require('@lib/version.cjs');
new Koa().use((context) => { context.body = context.path === '/seen' ? report() : version; }).listen(process.env.PORT, () => note('listens'));`,
    }),
  },
];
