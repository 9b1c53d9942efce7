const http = require('node:http');

const VERSION = 'v1';
const port = Number(process.env.PORT) || 3000;

const server = http.createServer((req, res) => {
  const body = `Hello from ${VERSION}\n`;
  res.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(body) });
  res.end(body);
});

server.listen(port, () => console.log(`${VERSION} listens on http://localhost:${port}`));
