/** Servers that take their sockets as they are given to them: by LISTEN_FDS, and nginx by its own upgrade. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { freePort } from '../tools/free-port.mts';
import { lacksProgram } from '../tools/programs.mts';
import { Running } from './running.ts';
import { swapsUnderLoad } from './stack-swaps.ts';

/** As under systemd, and like a good server it finishes what it has. */
const activated = (version: string): string => `
const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES, NODE_OPTIONS, HOT_SWAP } = process.env;
if (Number(LISTEN_PID) !== process.pid || NODE_OPTIONS !== undefined || HOT_SWAP !== undefined) throw new Error('not mine');
const server = require('node:http').createServer((request, response) => {
  response.end(request.url === '/' ? '${version}' : LISTEN_FDS + ' ' + LISTEN_FDNAMES);
});
server.listen({ fd: 3 });
process.on('SIGTERM', () => server.close(() => process.exit()));
`;

describe('a server with LISTEN_FDS', () => {
  it('that is given one port stands behind a front, and nothing is lost', async (t) => {
    const port = await freePort();
    const app = await swapsUnderLoad(t, {
      files: (version) => ({ 'server.js': activated(version) }),
      edited: 'server.js',
      command: ['node', 'server.js'],
      options: ['--listen', `web=127.0.0.1:${port}`],
      breaks: '\n}{',
      port,
    });
    assert.equal((await app.get('/names', { port })).body, '1 web');
    assert.match((await app.status()).adapter, /front on :\d+, LISTEN_FDS/);
    // What is no HTTP goes to the server as it is, which says so in its own words.
    const socket = connect({ port, host: '127.0.0.1' });
    socket.end('\u0016\u0003\u0001\r\n\r\n');
    assert.match(await text(socket), /^HTTP\/1\.1 400 Bad Request/);
    await app.retired(1);
  });

  it('is swapped, and nobody is refused', async (t) => {
    const port = await freePort();
    const second = await freePort();
    const app = await swapsUnderLoad(t, {
      files: (version) => ({ 'server.js': activated(version) }),
      edited: 'server.js',
      command: ['node', 'server.js'],
      options: [
        '--way',
        'listen-fds',
        '--listen',
        `web=127.0.0.1:${port}`,
        '--listen',
        `admin=127.0.0.1:${second}`,
      ],
      breaks: '\n}{',
      isLossy: true,
      port,
    });
    assert.equal((await app.get('/names', { port })).body, '2 web:admin');
    await app.retired(1);
  });

  it('and a port that is taken is told', async (t) => {
    const port = await freePort();
    const { createServer } = await import('node:http');
    const other = createServer().listen(port, '127.0.0.1');
    t.after(() => other.close());
    const app = await Running.start(t, {
      files: { 'server.js': activated('v1') },
      command: ['node', 'server.js'],
      options: ['--listen', `127.0.0.1:${port}`],
    });
    const { reason, message } = await app.event('rolledBack');
    assert.deepEqual([reason, message.includes(String(port))], ['portTaken', true]);
  });
});

describe('nginx', { skip: lacksProgram('nginx', 'nginx-light') ?? false }, () => {
  it('is swapped by its own upgrade when a file that it includes is saved', async (t) => {
    const port = await freePort();
    const app = await swapsUnderLoad(t, {
      files: (version) => ({
        'nginx.conf':
          'daemon off; pid nginx.pid; error_log stderr; events {} http { access_log off; include more/*.conf; }',
        'more/site.conf': `server {\n  listen 127.0.0.1:${port};\n  location / { return 200 "${version}"; }\n}\n`,
      }),
      edited: 'more/site.conf',
      command: ['nginx', '-p', '.', '-c', 'nginx.conf'],
      breaks: 'retrun;\n',
      isLossy: true,
      port,
    });
    await app.retired(1);
  });
});
