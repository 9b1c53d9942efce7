const http = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');

const VERSION = 'v1';
const port = Number(process.env.PORT) || 3000;

const server = http.createServer(async (req, res) => {
  const { pathname, searchParams } = new URL(req.url, 'http://localhost');
  if (pathname === '/stream') return stream(res);
  // A request that takes its time: GET /slow?ms=500
  if (pathname === '/slow') await sleep(Math.min(Number(searchParams.get('ms')) || 1000, 60_000));
  const body = `Hello from ${VERSION}\n`;
  res.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(body) });
  res.end(body);
});

// A response that takes two seconds to write: twenty pieces, then a last line.
async function stream(res) {
  res.write(`stream of ${VERSION}\n`);
  for (let piece = 1; piece <= 20; piece++) {
    await sleep(100);
    res.write(`piece ${piece}\n`);
  }
  res.end('end of stream\n');
}

server.listen(port, () => console.log(`${VERSION} listens on http://localhost:${port}`));
