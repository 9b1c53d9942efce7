/** Hands one HTTP/2 stream to the side door of the successor, in a session of its own. */
import type {
  ClientHttp2Session,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
  ServerHttp2Stream,
} from 'node:http2';
import http2 from 'node:http2';
import type { Socket } from 'node:net';

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = http2.constants;

export function relayStream(door: Socket, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  // The authority is the client's, in its headers; this one is never looked up.
  const session = http2.connect('http://side-door', { createConnection: () => door });
  session.on('error', () => {
    close(stream, NGHTTP2_INTERNAL_ERROR);
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
    upstream.pipe(stream);
  });
  upstream.on('trailers', (received: IncomingHttpHeaders) => {
    trailers = received;
  });
  upstream.on('error', () => undefined); // 'close' follows
  upstream.on('close', () => {
    if (upstream.rstCode !== NGHTTP2_NO_ERROR) close(stream, upstream.rstCode);
  });
  stream.once('close', () => {
    if (!upstream.closed) upstream.close(NGHTTP2_CANCEL);
    session.close();
  });
  stream.pipe(upstream);
}

export function close(stream: ServerHttp2Stream, code: number): void {
  if (!stream.destroyed && !stream.closed) stream.close(code);
}
