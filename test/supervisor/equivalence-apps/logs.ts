/** Servers that log. */
import { appOf } from './app.ts';
import type { EquivalenceApp } from './app.ts';

export const logs: readonly EquivalenceApp[] = [
  {
    name: 'winston, morgan, express',
    command: ['node', 'server.js'],
    modules: 200,
    requests: [{ path: '/' }, { path: '/nowhere' }],
    files: appOf({
      'server.js': `
const { note, report } = require('./lib/witness.cjs');
note('server begins');
const log = require('./log');
log.info('the logger is there');
const morgan = require('morgan');
const express = require('express');
const app = express();
app.use(morgan(':method :url :status', { stream: { write: (line) => log.info(line.trim()) } }));
app.get('/', (request, response) => response.send(require('./lib/version.cjs')));
app.get('/seen', (request, response) => response.type('json').send(report()));
app.listen(process.env.PORT, () => { note('listens'); log.warn('listens'); });`,
      'log.js': `
const { note } = require('./lib/witness.cjs');
note('log begins');
const { createLogger, format, transports } = require('winston');
module.exports = createLogger({ format: format.combine(format.colorize(), format.simple()), transports: [new transports.Console({ handleExceptions: true })] });
note('log ends');`,
    }),
  },
  {
    name: 'pino, pino-http, without a word of its own before',
    command: ['node', 'server.js'],
    modules: 50,
    requests: [{ path: '/' }],
    files: appOf({
      'server.js': `
const { note, report } = require('./lib/witness.cjs');
note('server begins');
const pino = require('pino');
const http = require('pino-http');
note('pino is there', [pino.version, Object.keys(pino)]);
const version = require('./lib/version.cjs');
const log = pino({ base: null, timestamp: false });
const handle = http({ logger: log, serializers: { req: ({ url }) => url, res: ({ statusCode }) => statusCode }, customAttributeKeys: { responseTime: 'ms' }, customSuccessObject: () => ({ ok: true }) });
require('node:http').createServer((request, response) => {
  if (request.url === '/seen') return response.end(report());
  handle(request, response);
  response.end(version);
}).listen(process.env.PORT, () => { note('listens'); log.info('listens'); });`,
    }),
  },
];
