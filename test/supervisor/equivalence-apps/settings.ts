/** Servers that get their settings from files and variables, before or while the rest is loaded. */
import { appOf } from './app.ts';
import type { EquivalenceApp } from './app.ts';

const env = `
GREETING="hello from .env"
DEBUG=app:*
NODE_ENV=production
FORCE_COLOR=0
`;
const server = `
const express = require('express');
const debug = require('debug')('app:server');
note('express is there', [debug.enabled, process.env.NODE_ENV]);
const version = require('./lib/version.cjs');
const app = express();
app.get('/', (request, response) => response.json([version, process.env.GREETING, app.get('env'), debug.enabled]));
app.get('/broken', () => { throw new Error('broken'); });
app.get('/seen', (request, response) => response.type('json').send(report()));
app.listen(process.env.PORT, () => note('listens'));`;

export const settings: readonly EquivalenceApp[] = [
  {
    name: 'dotenv in the first line, debug, express',
    command: ['node', 'server.js'],
    modules: 100,
    leftOut: ['supports-color (reads FORCE_COLOR)', 'debug (reads DEBUG)'],
    requests: [{ path: '/' }, { path: '/broken' }],
    files: appOf({
      '.env': env,
      'server.js': `
require('dotenv').config();
const { note, report } = require('./lib/witness.cjs');
note('server begins');${server}`,
    }),
  },
  {
    name: 'dotenv with -r dotenv/config, debug, express',
    command: ['node', '-r', 'dotenv/config', 'server.js'],
    modules: 100,
    leftOut: ['dotenv (reads .env)', 'supports-color (reads FORCE_COLOR)', 'debug (reads DEBUG)'],
    requests: [{ path: '/' }, { path: '/broken' }],
    files: appOf({
      '.env': env,
      'server.js': `
const { note, report } = require('./lib/witness.cjs');
note('server begins');${server}`,
    }),
  },
  {
    name: 'config, which reads config/*.json, and koa',
    command: ['node', 'server.js'],
    env: { NODE_ENV: 'test' },
    modules: 50,
    leftOut: ['config (reads NODE_CONFIG)'],
    requests: [{ path: '/' }],
    files: appOf({
      'config/default.json': '{"greeting":"hello","from":"default"}',
      'config/test.json': '{"from":"test"}',
      'server.js': `
const { note, report } = require('./lib/witness.cjs');
note('server begins');
process.env.NODE_CONFIG = JSON.stringify({ set: 'by the app' });
const config = require('config');
note('config is there', config.util.toObject());
const Koa = require('koa');
const version = require('./lib/version.cjs');
new Koa()
  .use((context) => { context.body = context.path === '/seen' ? report() : { version, ...config.util.toObject() }; })
  .listen(process.env.PORT, () => note('listens'));`,
    }),
  },
  {
    name: 'node --env-file, and a working directory that the app changes',
    command: ['node', '--env-file=.env', 'server.js'],
    modules: 100,
    requests: [{ path: '/' }],
    files: appOf({
      '.env': env,
      'data/here.txt': 'here',
      'server.js': `
const { note, report } = require('./lib/witness.cjs');
process.chdir(require('node:path').join(__dirname, 'data'));
note('server begins');${server}`,
    }),
  },
];
