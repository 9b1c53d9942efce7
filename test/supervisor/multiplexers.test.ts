/** A server of raw connections that looks at what comes, and hands it to an HTTP or HTTPS server that never listens. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { describe, it } from 'node:test';
import { nodeBinary, newestMajors } from '../tools/node-versions.mts';
import { request, Running } from './running.ts';
import { edit, moments } from './traffic-clients.ts';

const pem = (name: string): string =>
  JSON.stringify(readFileSync(path.join(import.meta.dirname, 'tls', name), 'utf8'));

const multiplexer = (version: string): string => `
const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const answer = (req, res) => {
  if (req.method === 'POST') return req.pipe(res);
  res.end('${version} ' + (req.socket.encrypted === true ? 'secret' : 'open'));
};
const open = http.createServer(answer);
const secret = https.createServer({ key: ${pem('key.pem')}, cert: ${pem('cert.pem')} }, answer);
net.createServer((socket) => {
  socket.once('data', (first) => {
    socket.pause();
    const server = first[0] === 0x16 ? secret : open;
    socket.unshift(first);
    server.emit('connection', socket);
    process.nextTick(() => socket.resume());
  });
  socket.on('error', () => {});
}).listen(process.env.PORT);
`;

describe('a port multiplexer', () => {
  for (const major of newestMajors) {
    for (const moment of moments) {
      it(`has kept connections answered by new code, ${moment} (Node ${major})`, async (t) => {
        const app = await Running.start(t, {
          files: { 'server.js': multiplexer('v1') },
          command: [await nodeBinary(major), 'server.js'],
          options: ['--no-watch'],
        });
        await app.serving(1);
        const kept = { keepAlive: true, maxSockets: 1 };
        const agents = {
          'http:': new http.Agent(kept),
          'https:': new https.Agent({ ...kept, rejectUnauthorized: false }),
        };
        t.after(() => Object.values(agents).forEach((agent) => agent.destroy()));
        const ask = async (protocol: 'http:' | 'https:', method: string, body?: string): Promise<string> => {
          const to = {
            host: '127.0.0.1',
            port: app.port,
            path: '/',
            protocol,
            method,
            agent: agents[protocol],
          };
          return (await request(to, body)).body;
        };
        const both = (method: string, body?: string): Promise<string[]> =>
          Promise.all([ask('http:', method, body), ask('https:', method, body)]);
        assert.deepEqual(await both('GET'), ['v1 open', 'v1 secret']);
        await edit(app, multiplexer('v2'), moment);
        assert.deepEqual(await both('GET'), ['v2 open', 'v2 secret']);
        assert.deepEqual(await both('POST', 'body'), ['body', 'body']);
        await app.serving(2);
        assert.deepEqual(await both('GET'), ['v2 open', 'v2 secret']);
        const retired = await app.retired(1);
        assert.equal(retired.lost, 0);
      });
    }
  }
});
