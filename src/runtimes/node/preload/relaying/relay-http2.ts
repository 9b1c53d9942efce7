/** Hands one HTTP/2 stream to the side door of the successor, in a session of its own. */
import type {
  ClientHttp2Session,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
  ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import { pipeUnseen } from './pipe-unseen.ts';

/** RFC 9113, 7. */
export const errors = { none: 0, internal: 2, refused: 7, cancelled: 8 } as const;

/** Only servers of HTTP/2 pay for its loading; they have done so already. */
const loadHttp2 = () => require('node:http2') as typeof import('node:http2');

export function relayStream(door: Socket, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  // The authority is the client's, in its headers; this one is never looked up.
  const session = loadHttp2().connect('http://side-door', { createConnection: () => door });
  session.on('error', () => {
    close(stream, errors.internal);
  });
  stream.on('error', () => undefined); // 'close' follows
  forward(session, stream, headers);
}

function forward(session: ClientHttp2Session, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  const upstream = session.request(headers);
  let trailers: OutgoingHttpHeaders = {};
  upstream.on('headers', (hints) => {
    if (!stream.headersSent && !stream.destroyed) stream.additionalHeaders(hints);
  });
  upstream.on('response', (answer) => {
    if (stream.destroyed) return;
    stream.on('wantTrailers', () => {
      stream.sendTrailers(trailers);
    });
    stream.respond(answer, { waitForTrailers: true });
    pipeUnseen(upstream, stream);
  });
  upstream.on('trailers', (received: IncomingHttpHeaders) => {
    trailers = received;
  });
  upstream.on('error', () => undefined); // 'close' follows
  upstream.on('close', () => {
    if (upstream.rstCode !== errors.none) close(stream, upstream.rstCode);
  });
  stream.once('close', () => {
    if (!upstream.closed) upstream.close(errors.cancelled);
    session.close();
  });
  pipeUnseen(stream, upstream);
}

export function close(stream: ServerHttp2Stream, code: number): void {
  if (!stream.destroyed && !stream.closed) stream.close(code);
}
