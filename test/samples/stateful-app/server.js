// Does at load time what real servers do: a timer, a global, a listener on process, an open connection. A tool that
// runs it again in the same process has two of each.
const http = require('node:http');
const net = require('node:net');
const { VERSION } = require('./version');

const port = Number(process.env.PORT) || 3000;

globalThis.loads = (globalThis.loads ?? 0) + 1;
process.on('uncaughtExceptionMonitor', (error) => console.error(`fatal: ${error.message}`));

const database = net.connect(Number(process.env.DATABASE_PORT) || 5432, '127.0.0.1');
database.on('error', (error) => console.error(`database: ${error.message}`));
setInterval(() => database.write('tick\n'), 100);

const server = http.createServer((_req, res) => {
  const listeners = process.listenerCount('uncaughtExceptionMonitor');
  const body = JSON.stringify({ version: VERSION, loads: globalThis.loads, listeners });
  res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  res.end(body);
});

server.listen(port, () => console.log(`${VERSION} listens on http://localhost:${port}`));
