/** Programs that print what they see of their own process, once they listen. */

/** What an app may look at, as JSON; then it ends. */
export const facts = `
const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const { Worker } = require('node:worker_threads');

const counts = (emitter) => emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]);
const show = (name, value) => console.log(name + ': ' + JSON.stringify(value));
const sorted = (env) => Object.entries(env).sort();

show('argv', process.argv);
show('execArgv', process.execArgv);
show('execPath', process.execPath);
show('title', process.title);
show('main', require.main === module);
show('parent', module.parent);
show('cache', Object.keys(require.cache));
show('children', module.children.length);
show('env', sorted(process.env));
show('ipc', [typeof process.send, process.connected, typeof process.channel]);
show('process events', counts(process));
show('globals', Object.keys(globalThis));

const server = http.createServer((req, res) => res.end());
server.on('error', () => {});
show('before listen', [Object.keys(server).filter((key) => key !== 'emit'), counts(server)]);
show('returns itself', server.listen(process.env.PORT, '127.0.0.1', listening) === server);

function listening() {
  show('address', server.address());
  show('listening', server.listening);
  show('server events', counts(server));
  show('keys', Object.keys(server));
  show('process events', counts(process));
  show('listen', [server.listen.name, typeof server.emit]);
  show('child env', execFileSync('env', { encoding: 'utf8' }).split('\\n').sort());
  show('node child env', execFileSync(process.execPath, ['-p', 'JSON.stringify(Object.entries(process.env).sort())'], { encoding: 'utf8' }));
  spawn('sh', ['-c', 'ls /proc/self/fd > descriptors'], { stdio: 'ignore' }).once('exit', () => {
    show('descriptors of a child', fs.readFileSync('descriptors', 'utf8').split('\\n'));
    work();
  });
}

function work() {
  const worker = new Worker(
    'require("worker_threads").parentPort.postMessage([Object.entries(process.env).sort(), Object.keys(require.cache)])',
    { eval: true },
  );
  worker.once('message', (seen) => {
    show('worker', seen);
    worker.once('exit', () => server.close(() => console.log('closed')));
  });
}
`;

const listen = `require('node:http').createServer().listen(process.env.PORT, () => {`;

/** Each ends in a way of its own. */
export const endings: Readonly<Record<string, string>> = {
  'process.exit(3), and a handler that changes it': `
    process.on('exit', (code) => { console.log('exit handler', code); process.exit(code + 4); });
    ${listen} setTimeout(() => process.exit(3), 50); });`,
  'an uncaught exception': `
    ${listen} setTimeout(() => { throw new TypeError('no such thing'); }, 50); });`,
  'an uncaught exception while booting': `throw new TypeError('no such thing');`,
  'a rejection that nobody handles': `
    ${listen} setTimeout(() => Promise.reject(new Error('unhandled')), 50); });`,
  'a syntax error': `const = 1;`,
  'a signal': `${listen} setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50); });`,
  'a signal without a handler': `${listen} setTimeout(() => process.kill(process.pid, 'SIGTERM'), 50); });`,
  'handlers of signals': `
    for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGHUP', 'SIGINT']) {
      process.on(signal, () => { console.log(signal); if (signal === 'SIGINT') process.exit(5); });
    }
    ${listen}
      const next = (signals) => { process.kill(process.pid, signals[0]); if (signals.length > 1) setTimeout(next, 50, signals.slice(1)); };
      next(['SIGUSR1', 'SIGUSR2', 'SIGHUP', 'SIGINT']);
    });`,
  'a shutdown of its own': `
    const server = ${listen} setTimeout(() => process.kill(process.pid, 'SIGTERM'), 50); });
    process.on('SIGTERM', () => server.close((error) => { console.log('closed', error); process.exitCode = 6; }));`,
  'nothing left to do': `
    const server = ${listen} setTimeout(() => console.log('done'), 50); }).unref();
    process.on('beforeExit', () => console.log('beforeExit'));`,
};

/** A wrapper that starts the server with an IPC channel, as process managers do. */
export const wrapper = `
const child = require('node:child_process').fork('./server.js', ['argument']);
child.on('message', (message) => { console.log('wrapper heard', JSON.stringify(message)); child.send('stop'); });
child.on('exit', (code, signal) => { console.log('server ended', code, signal); process.exit(0); });
`;
export const wrapped = `
require('node:http').createServer().listen(process.env.PORT, () => {
  process.send({ ready: true, connected: process.connected, argv: process.argv.slice(2) });
});
process.on('message', (message) => { console.log('server heard', message); process.exit(0); });
`;

/** A server that goes on, says what it sees of itself, and shuts down as production servers do. */
export const lasting = (version: string): string => `
const server = require('node:http').createServer((req, res) => res.end('${version}'));
server.on('close', () => console.log('${version} emits close'));
server.listen(process.env.PORT, () => console.log('${version} sees', JSON.stringify([
  server.address(), server.listening, server.eventNames().map(String),
  server.eventNames().map((name) => server.listenerCount(name)), process.eventNames().map(String),
])));
process.on('SIGTERM', () => {
  const { port } = server.address();
  server.close((error) => {
    console.log('${version} closed', server.listening, port, error);
    process.exit(error ? 1 : 0);
  });
});
`;

/** Two workers, which say who answers. */
export const clustered = (version: string): string => `
const cluster = require('node:cluster');
const http = require('node:http');
if (cluster.isPrimary) {
  for (let i = 0; i < 2; i++) cluster.fork();
  cluster.on('exit', (worker, code, signal) => console.log('${version} worker ended', code, signal));
} else {
  http.createServer((req, res) => {
    const answer = () => res.end('${version} by worker ' + cluster.worker.id);
    if (req.url !== '/slow') return answer();
    console.log('${version} begins');
    setTimeout(answer, 3000); // longer than a new generation is on probation
  }).listen(process.env.PORT, () => console.log('${version} worker listens'));
}
`;
