/**
 * What is called for the first time takes several times as long as later, and the first request that is relayed has a
 * client behind it. So one is relayed while nothing is going on, between connections that exist in memory only.
 */
import { channel } from 'node:diagnostics_channel';
import http from 'node:http';
import net from 'node:net';
import { relayRequest } from './relay.ts';

const answer = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\n1';
/** Where Node tells of a client's requests. */
const told = ['http.client.request.created', 'http.client.request.start'];

/** Neither the app nor the network sees anything of it. */
export function rehearseRelay(): void {
  if (told.some((name) => channel(name).hasSubscribers)) return;
  const client = connection(() => undefined);
  const request = new http.IncomingMessage(client);
  Object.assign(request, { method: 'GET', url: '/', rawHeaders: ['Host', 'localhost'], httpVersionMajor: 1 });
  request.push(null);
  const response = new http.ServerResponse(request);
  response.assignSocket(client);
  const door = connection(() => setImmediate(() => door.push(answer))); // a request may come between
  relayRequest(door, request, response, false);
}

/** It leads nowhere. `written`: called for each piece. */
function connection(written: () => void): net.Socket {
  const socket = new net.Socket();
  socket._read = () => undefined;
  socket._write = (_piece, _encoding, done) => {
    done();
    written();
  };
  return socket;
}
