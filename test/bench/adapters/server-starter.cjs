// What a server must do to live under Server::Starter, done from outside so that the samples stay as they are:
// listen on the descriptor that SERVER_STARTER_PORT names ("host:port=fd"), and on SIGTERM finish and leave.
const http = require('node:http');
const net = require('node:net');

const [, port, fd] = /(\d+)=(\d+)/.exec(process.env.SERVER_STARTER_PORT ?? '') ?? [];
const servers = new Set();
const { listen } = net.Server.prototype;

net.Server.prototype.listen = function (...args) {
  const options = typeof args[0] === 'object' ? args[0] : { port: args[0] };
  if (Number(options.port) !== Number(port)) return Reflect.apply(listen, this, args);
  const done = args.findLast((arg) => typeof arg === 'function');
  // A second address of the same port (localhost is two) is none of Server::Starter's: it gets a port of its own.
  const where = servers.size === 0 ? { fd: Number(fd) } : { port: 0, host: '127.0.0.1' };
  servers.add(this);
  return Reflect.apply(listen, this, done ? [where, done] : [where]);
};

// http.Server's own close() also ends idle connections, in a race with the next request on them. This stops
// accepting only, and tells each client on its next request to come back on a new connection.
process.once('SIGTERM', () => {
  let open = servers.size;
  for (const server of servers) {
    if (server instanceof http.Server) {
      server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'));
    }
    net.Server.prototype.close.call(server, () => --open === 0 && process.exit());
  }
});
