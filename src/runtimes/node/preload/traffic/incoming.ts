/** What a client asks for: an event of the server that wants an answer, and who waits for it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

export type Asked =
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

export function askedBy(event: string, args: readonly unknown[]): Asked {
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
export function clientOf(asked: Asked): Socket | undefined {
  if (asked.kind !== 'stream') return asked.request.socket;
  const session = asked.stream.session;
  return session === undefined || session.destroyed ? undefined : session.socket;
}

/** What the answer is written to. */
export function answerOf(asked: Asked): ServerResponse | Socket | ServerHttp2Stream {
  switch (asked.kind) {
    case 'request':
      return asked.response;
    case 'raw':
      return asked.socket;
    case 'stream':
      return asked.stream;
  }
}

/** The client has given up. */
export function isGone(asked: Asked): boolean {
  switch (asked.kind) {
    case 'request':
      return asked.request.destroyed;
    case 'raw':
      return asked.socket.destroyed;
    case 'stream':
      return asked.stream.destroyed;
  }
}

/**
 * Calls back when the client gives up, until the returned function is called. HTTP has let go of an upgraded
 * connection, and the app does not have it yet: somebody must hear its errors.
 */
export function onGone(asked: Asked, listener: () => void): () => void {
  const target = answerOf(asked);
  const ignore = (): void => undefined;
  target.once('close', listener);
  target.on('error', ignore);
  return () => {
    target.off('close', listener);
    target.off('error', ignore);
  };
}
