/** What a client asks for: an event of the server that wants an answer, and who waits for it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

export type Incoming =
  | ({ readonly kind: 'request'; readonly event: string; readonly args: readonly unknown[] } & {
      readonly request: IncomingMessage;
      readonly response: ServerResponse;
    })
  /** An upgrade or CONNECT: from here on the connection is not HTTP's. */
  | ({ readonly kind: 'raw'; readonly event: string; readonly args: readonly unknown[] } & {
      readonly request: IncomingMessage;
      readonly socket: Socket;
      readonly head: Buffer;
    })
  | ({ readonly kind: 'stream'; readonly event: string; readonly args: readonly unknown[] } & {
      readonly stream: ServerHttp2Stream;
      readonly headers: IncomingHttpHeaders;
    });

export function incomingOf(event: string, args: readonly unknown[]): Incoming {
  switch (event) {
    case 'upgrade':
    case 'connect': {
      const [request, socket, head] = args as [IncomingMessage, Socket, Buffer];
      return { kind: 'raw', event, args, request, socket, head };
    }
    case 'stream': {
      const [stream, headers] = args as [ServerHttp2Stream, IncomingHttpHeaders];
      return { kind: 'stream', event, args, stream, headers };
    }
    default: {
      const [request, response] = args as [IncomingMessage, ServerResponse];
      return { kind: 'request', event, args, request, response };
    }
  }
}

/** The connection it came on; undefined once an HTTP/2 session is gone. */
export function clientOf(incoming: Incoming): Socket | undefined {
  if (incoming.kind !== 'stream') return incoming.request.socket;
  const session = incoming.stream.session;
  return session === undefined || session.destroyed ? undefined : session.socket;
}

/** What the answer is written to. */
export function answerOf(incoming: Incoming): ServerResponse | Socket | ServerHttp2Stream {
  switch (incoming.kind) {
    case 'request':
      return incoming.response;
    case 'raw':
      return incoming.socket;
    case 'stream':
      return incoming.stream;
  }
}

/** The client has given up. */
export function isGone(incoming: Incoming): boolean {
  switch (incoming.kind) {
    case 'request':
      return incoming.request.destroyed;
    case 'raw':
      return incoming.socket.destroyed;
    case 'stream':
      return incoming.stream.destroyed;
  }
}

/**
 * Calls back when the client gives up, until the returned function is called. HTTP has let go of an upgraded
 * connection, and the app does not have it yet: somebody must hear its errors.
 */
export function onGone(incoming: Incoming, listener: () => void): () => void {
  const target = answerOf(incoming);
  const ignore = (): void => undefined;
  target.once('close', listener);
  target.on('error', ignore);
  return () => {
    target.off('close', listener);
    target.off('error', ignore);
  };
}

/**
 * Its app allows a connection to be silent for so long, and does not know that it waits: the time begins anew with the
 * call of the returned function.
 */
export function suspendTimeout(incoming: Incoming): () => void {
  const client = incoming.kind === 'stream' ? undefined : clientOf(incoming);
  const ms = client?.timeout ?? 0;
  if (client === undefined || ms === 0) return () => undefined;
  client.setTimeout(0);
  return () => {
    client.setTimeout(ms);
  };
}
