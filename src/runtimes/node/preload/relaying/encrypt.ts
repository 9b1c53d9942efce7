import type { Socket } from 'node:net';

/** How a successor is asked what came with TLS: its own server for that is found by TLS, too. */
export function encrypt(door: Socket, client: Socket): Socket {
  const { connect } = require('node:tls') as typeof import('node:tls');
  const { servername } = client as { servername?: string | false };
  return connect({
    socket: door,
    rejectUnauthorized: false, // it is this server's own, behind a private door
    ALPNProtocols: ['http/1.1'],
    ...(typeof servername === 'string' ? { servername } : {}),
  });
}
