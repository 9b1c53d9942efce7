/**
 * What is called for the first time takes several times as long as later, and the first request has a client behind
 * it. So one is answered in a standby, and one is relayed before a swap, while nothing is going on and between
 * connections that exist in memory only. Neither the app nor the network sees anything of it.
 */
import { channel } from 'node:diagnostics_channel';
import http from 'node:http';
import net from 'node:net';
import { relayRequest } from './relay.ts';

const question = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
const answer = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\n1';
/** Where Node tells of requests. */
const toldOfClients = ['http.client.request.created', 'http.client.request.start'];
const toldOfServers = [
  'http.server.request.start',
  'http.server.response.created',
  'http.server.response.finish',
];

/** Resolves to all that the client was told, if there was one. */
export async function rehearseRelay(): Promise<string | undefined> {
  if (isWatched(toldOfClients)) return undefined;
  return await new Promise((resolve) => {
    let heard = '';
    const client = connection((text) => (heard += text)).once('close', () => {
      resolve(heard);
    });
    const request = new http.IncomingMessage(client);
    // Complete: one that is not is aborted at its end, and nobody waits for the answer.
    const version = { httpVersionMajor: 1, httpVersionMinor: 1 };
    Object.assign(request, version, {
      method: 'GET',
      url: '/',
      rawHeaders: ['Host', 'localhost'],
      complete: true,
    });
    request.push(null);
    const response = new http.ServerResponse(request);
    response.assignSocket(client);
    response.once('finish', () => client.destroy());
    const door = connection(() => setImmediate(() => door.push(answer))); // a request may come between
    relayRequest(door, request, response, false);
  });
}

/**
 * What Node itself does for a server's first request. Nearly all of it is done at once, the rest as soon as the event
 * loop runs. Resolves to all that the client was told, if there was one.
 */
export async function rehearseRequest(): Promise<string | undefined> {
  if (isWatched(toldOfServers)) return undefined;
  return await new Promise((resolve) => {
    let heard = '';
    const server = new http.Server((_, response) => {
      response.sendDate = false; // Node keeps it for a second of the event loop, which may stand still for hours
      response.once('finish', () => {
        resolve(heard);
      });
      response.end('1');
    });
    const client = connection((text) => (heard += text));
    server.emit('connection', client);
    client.emit('data', Buffer.from(question));
  });
}

function isWatched(names: readonly string[]): boolean {
  return names.some((name) => channel(name).hasSubscribers);
}

/** It leads nowhere. `written`: called with each piece. */
function connection(written: (text: string) => void): net.Socket {
  const socket = new net.Socket();
  socket._read = () => undefined;
  socket._write = (piece, _encoding, done) => {
    done();
    written(String(piece));
  };
  socket._writev = (pieces, done) => {
    done();
    for (const { chunk } of pieces) written(String(chunk));
  };
  return socket.on('error', () => undefined); // nobody would hear of it but the app
}
