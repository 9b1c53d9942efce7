/** Servers built around what data goes through: models, schemas, tokens, clients. */
import { appOf, json } from './app.ts';
import type { EquivalenceApp } from './app.ts';

export const data: readonly EquivalenceApp[] = [
  {
    name: 'mongoose, express',
    command: ['node', 'server.js'],
    modules: 500,
    requests: [
      { path: '/model' },
      json('/users', { name: 'Ada', age: 'x' }),
      json('/users', { name: 'Ada' }),
    ],
    files: appOf({
      'server.js': `
const { note, report } = require('./lib/witness.cjs');
note('server begins');
const mongoose = require('mongoose');
note('mongoose is there', [mongoose.version, Object.keys(mongoose.models)]);
mongoose.set('bufferCommands', false);
const express = require('express');
const User = require('./models/user');
const app = express().use(express.json());
app.get('/model', (request, response) => response.json([mongoose.modelNames(), mongoose.connection.readyState, Object.keys(User.schema.paths)]));
app.post('/users', async ({ body }, response) => {
  const user = new User({ _id: '0123456789abcdef01234567', ...body });
  const error = await user.validate().then(() => undefined, (error) => error);
  response.json(error ? { error: error.message } : user.toJSON());
});
app.get('/seen', (request, response) => response.type('json').send(report()));
app.listen(process.env.PORT, () => note('listens'));`,
      'models/user.js': `
const { note } = require('../lib/witness.cjs');
note('user begins');
const { Schema, model, modelNames } = require('mongoose');
const version = require('../lib/version.cjs');
module.exports = model('User', new Schema({ name: { type: String, required: true }, age: Number, version: { type: String, default: version } }));
note('user ends');`,
    }),
  },
  {
    name: 'zod, joi, jsonwebtoken, axios, uuid, express',
    command: ['node', 'server.js'],
    modules: 350,
    requests: [json('/zod', { id: 'x' }), json('/joi', { id: 'x' }), { path: '/token' }, { path: '/axios' }],
    files: appOf({
      'server.js': `
const { note, report } = require('./lib/witness.cjs');
note('server begins');
const express = require('express');
note('before all', [typeof globalThis.__zod_globalRegistry]);
const { z } = require('zod');
note('zod is there', [typeof globalThis.__zod_globalRegistry, z.globalRegistry === globalThis.__zod_globalRegistry]);
const Joi = require('joi');
const jwt = require('jsonwebtoken');
const axios = require('axios');
note('all are there', [Joi.version, Object.keys(jwt), Object.keys(axios)]);
const version = require('./lib/version.cjs');
const app = express().use(express.json());
app.post('/zod', ({ body }, response) => response.json(z.object({ id: z.number() }).safeParse(body)));
app.post('/joi', ({ body }, response) => response.json(Joi.object({ id: Joi.number() }).validate(body)));
app.get('/token', (request, response) => {
  const token = jwt.sign({ version, iat: 1 }, 'secret');
  response.json({ token, back: jwt.verify(token, 'secret') });
});
app.get('/axios', async (request, response) => {
  const { status, data, headers } = await axios.get('http://localhost:' + process.env.PORT + '/token');
  response.json({ status, data, type: headers.get('content-type') });
});
app.get('/seen', (request, response) => response.type('json').send(report()));
app.listen(process.env.PORT, () => note('listens'));`,
    }),
  },
  {
    name: 'socket.io',
    command: ['node', 'server.js'],
    modules: 70,
    requests: [
      { path: '/' },
      { path: '/socket.io/?EIO=3&transport=polling' },
      { path: '/socket.io/socket.io.js.map' },
    ],
    files: appOf({
      'server.js': `
const { note, report } = require('./lib/witness.cjs');
note('server begins');
const { Server } = require('socket.io');
const http = require('http').createServer((request, response) => response.end(request.url === '/seen' ? report() : require('./lib/version.cjs')));
const io = new Server(http, { cors: { origin: '*' } });
io.on('connection', () => note('somebody comes'));
http.listen(process.env.PORT, () => note('listens', Object.keys(io)));`,
    }),
  },
];
