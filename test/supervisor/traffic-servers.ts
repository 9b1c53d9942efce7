/** Servers for tests of what crosses a swap: each answers `GET /` with its version. */

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
