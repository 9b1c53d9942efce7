/** Servers for tests of what crosses a swap: each answers `GET /` with its version. */
import { readFileSync } from 'node:fs';

/** Says what arrived, and speaks the rarer parts of HTTP/1.1. */
export const mirror = (version: string): string => `
const http = require('node:http');
const { createHash } = require('node:crypto');
const answers = {
  '/': (req, res) => res.end('${version}'),
  '/mirror': (req, res) => {
    const hash = createHash('sha1');
    let size = 0;
    req.on('data', (piece) => { hash.update(piece); size += piece.length; });
    req.on('end', () => res.end(JSON.stringify({
      version: '${version}',
      method: req.method,
      size,
      sha1: hash.digest('hex'),
      headers: req.rawHeaders,
      trailers: req.trailers,
      from: [req.socket.remoteAddress, req.socket.remotePort],
    })));
  },
  '/large': (req, res) => res.end(Buffer.alloc(5_000_000, '${version}')),
  '/trailers': (req, res) => {
    res.writeHead(200, { Trailer: 'X-Version' });
    res.write('body');
    res.addTrailers({ 'X-Version': '${version}' });
    res.end();
  },
  '/head': (req, res) => { res.setHeader('Content-Length', 17); res.setHeader('X-Version', '${version}'); res.end(); },
  '/204': (req, res) => { res.writeHead(204, { 'X-Version': '${version}' }); res.end(); },
  '/304': (req, res) => { res.writeHead(304, { ETag: '"${version}"' }); res.end(); },
  '/cookies': (req, res) => { res.setHeader('Set-Cookie', ['a=${version}', 'b=2']); res.end(); },
  '/hints': (req, res) => {
    res.writeProcessing();
    res.writeEarlyHints({ link: ['</${version}.css>; rel=preload; as=style', '</${version}.js>; rel=preload; as=script'] },
      () => res.end('${version}'));
  },
  '/early': (req, res) => { // answers at once, before the body has come
    res.write('${version}');
    req.on('data', (piece) => res.write(piece)).on('end', () => res.end());
  },
};
const server = http.createServer((req, res) => answers[req.url](req, res));
server.listen(process.env.PORT);
`;

/** Decides itself whether a client may send its body. */
export const bouncer = (version: string): string => `
const http = require('node:http');
const server = http.createServer((req, res) => res.end('${version}'));
server.on('checkContinue', (req, res) => {
  if (req.headers['content-type'] !== 'text/plain') { res.writeHead(417); return res.end('${version}'); }
  res.writeContinue();
  let text = '';
  req.on('data', (piece) => (text += piece)).on('end', () => res.end('${version} ' + text));
});
server.listen(process.env.PORT);
`;

/** Answers that take their time: `/stream` for 1.5 s, `/forever` until the client or the server goes. */
export const streamer = (version: string): string => `
const http = require('node:http');
const server = http.createServer((req, res) => {
  if (req.url === '/crash') {
    res.write('${version} begins');
    return setTimeout(() => { throw new Error('${version} broke'); }, 100);
  }
  if (req.url === '/stream') {
    let n = 0;
    const timer = setInterval(() => {
      res.write('${version}:' + n + '\\n');
      if (++n === 15) { clearInterval(timer); res.end('${version} done'); }
    }, 100);
    return;
  }
  if (req.url === '/forever') {
    console.log('${version} began');
    res.on('close', () => console.log('${version} closed ' + res.writableFinished));
    return void setInterval(() => res.write('.'), 50).unref();
  }
  res.end('${version}');
});
server.listen(process.env.PORT);
`;

/** An event stream as tutorials write it: it goes on writing whatever becomes of the connection. */
export const events = (version: string): string => `
const http = require('node:http');
let sent = 0;
const server = http.createServer((req, res) => {
  if (req.url === '/') return res.end('${version}');
  if (req.url === '/fixed') res.setHeader('Connection', 'close'); // ended by the connection's end, not chunked
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  setInterval(() => res.write('data: ${version} ' + sent++ + '\\n\\n'), 20);
});
process.on('exit', (code) => console.log('${version} exits with ' + code + ', wrote ' + sent));
server.listen(process.env.PORT);
`;

/** A chat with ws; the version greets. */
export const sockets = (version: string): string => `
const http = require('node:http');
const { WebSocketServer } = require('ws');
const server = http.createServer((req, res) => res.end('${version}'));
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket, request) => {
  socket.send('${version} greets ' + request.socket.remotePort);
  socket.on('message', (text) => socket.send('${version} heard ' + text));
  socket.on('close', (code) => console.log('${version} closed ' + code));
});
server.listen(process.env.PORT);
`;

const credentials = (): string => `{
  key: ${JSON.stringify(readFileSync(new URL('tls/key.pem', import.meta.url), 'utf8'))},
  cert: ${JSON.stringify(readFileSync(new URL('tls/cert.pem', import.meta.url), 'utf8'))},
}`;

export const secure = (version: string): string => `
const https = require('node:https');
https.createServer(${credentials()}, (req, res) => {
  if (req.url === '/') return res.end('${version}');
  res.end(JSON.stringify({ version: '${version}', encrypted: req.socket.encrypted, from: req.socket.remotePort }));
}).listen(process.env.PORT);
`;

/** HTTP/2, and HTTP/1.1 for TLS clients that want it. */
export const http2 = (version: string, tls: boolean): string => `
const http2 = require('node:http2');
const server = ${tls ? `http2.createSecureServer({ ...${credentials()}, allowHTTP1: true })` : 'http2.createServer()'};
server.on('request', (req, res) => {
  if (req.url === '/trailers') {
    res.writeHead(201, { 'x-version': '${version}' });
    res.addTrailers({ 'x-sum': '${version}' });
    return res.end('body');
  }
  if (req.url === '/events') {
    res.setHeader('Content-Type', 'text/event-stream');
    return void setInterval(() => res.write('data: ${version}\\n\\n'), 20);
  }
  if (req.url === '/slow') {
    res.write('${version} begins');
    return void req.resume().on('end', () => res.end(', ${version} ends'));
  }
  if (req.url === '/forever') return res.write('${version} begins');
  let size = 0;
  req.on('data', (piece) => (size += piece.length));
  req.on('end', () => res.end('${version} ' + size + ' over HTTP/' + req.httpVersion + (req.socket.encrypted ? 's' : '')));
});
server.listen(process.env.PORT);
`;

/** Sends back what it gets, after its version. */
export const echo = (version: string): string => `
const net = require('node:net');
net.createServer((socket) => {
  socket.on('error', () => {});
  socket.on('data', (data) => socket.write('${version} ' + data));
}).listen(process.env.PORT);
`;
