/**
 * Small servers after public reports of what restarts servers (nodemon, tsx, node --watch, ts-node-dev, pm2), each tried
 * with a save. Those that failed once have stories of their own.
 */
import assert from 'node:assert/strict';
import { renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import { freePort } from '../tools/free-port.mts';
import { onlyInAll } from '../tools/everything.mts';
import { Running } from './running.ts';
import { untilTrue } from './until.ts';

const answering = (what: string): string =>
  `require('node:http').createServer((request, response) => response.end(String(${what}))).listen(process.env.PORT);\n`;
const versioned = (more = ''): string => `const VERSION = 'v1';\n${more}${answering('VERSION')}`;
const reads = {
  'server.js': `const text = require('./text.js');\n${answering('text')}`,
  'text.js': "module.exports = 'v1';",
};

interface Report {
  readonly files: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  /** Without: `v1` becomes `v2` in server.js. */
  readonly save?: (app: Running) => void;
  readonly to?: string;
}

const second = versioned().replace('v1', 'v2');

const reports: Readonly<Record<string, Report>> = {
  'opens another port in its new code': {
    files: { 'server.js': versioned() },
    save: (app) => app.write('server.js', second + answering("'two'").replace('process.env.PORT', '0')),
  },
  'asks itself while it boots, as a gateway does for the schema of a service in the same process': {
    files: {
      'server.js': `const http = require('node:http');
const VERSION = 'v1';
http.createServer((_, response) => response.end(VERSION)).listen(process.env.PORT2, async () => {
  const schema = await (await fetch('http://127.0.0.1:' + process.env.PORT2)).text();
  http.createServer((_, response) => response.end(schema)).listen(process.env.PORT);
});`,
    },
  },
  'has a socket of UDP, which only one may have': {
    files: {
      'server.js': versioned(
        "require('node:dgram').createSocket('udp4').bind(process.env.PORT2, '127.0.0.1');\n",
      ),
    },
  },
  'opens its inspector by itself': {
    files: { 'server.js': versioned("require('node:inspector').open(process.env.PORT2, '127.0.0.1');\n") },
  },
  'is inspected at a port of its own': {
    files: { 'server.js': versioned() },
    command: ['sh', '-c', 'node --inspect=127.0.0.1:$PORT2 server.js'],
  },
  'has a child that listens, too': {
    files: {
      'server.js': versioned("require('node:child_process').fork('./admin.js');\n"),
      'admin.js': answering("'admin'").replace('PORT', 'PORT2'),
    },
  },
  'starts itself anew with other flags of Node': {
    files: {
      'server.js': `if (process.execArgv.includes('--expose-gc')) require('./app.js');
else {
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['--expose-gc', ...process.argv.slice(1)], { stdio: 'inherit' });
  child.on('exit', (code) => process.exit(code ?? 1));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
}`,
      'app.js': versioned(),
    },
    save: (app) => app.write('app.js', second),
  },
  'is started by a loop of a shell': {
    files: { 'server.js': versioned() },
    command: ['sh', '-c', 'while true; do node server.js; sleep 1; done'],
  },
  'is started by make': {
    files: { 'server.js': versioned(), Makefile: 'dev:\n\tNAME=x node server.js\n' },
    command: ['make', 'dev'],
  },
  'goes to another folder before it reads': {
    files: {
      'server.js': `process.chdir('data');\nconst text = require('node:fs').readFileSync('text.txt', 'utf8');\n${answering('text')}`,
      'data/text.txt': 'v1',
    },
    save: (app) => app.write('data/text.txt', 'v2'),
  },
  'is saved by who keeps its size and its time, as rsync does': {
    files: { 'server.js': versioned() },
    save: (app) => {
      const file = path.join(app.folder, 'server.js');
      const { mtime } = statSync(file);
      app.write('server.new', second);
      utimesSync(`${path.dirname(file)}/server.new`, mtime, mtime);
      renameSync(`${path.dirname(file)}/server.new`, file);
    },
  },
  'is emptied first, and written then': {
    files: reads,
    save: (app) => {
      app.write('text.js', '');
      setTimeout(() => app.write('text.js', "module.exports = 'v2';"), 400);
    },
  },
  'loses a module and gets it back, with a change': {
    files: reads,
    save: (app) => {
      rmSync(path.join(app.folder, 'text.js'));
      setTimeout(() => app.write('text.js', "module.exports = 'v2';"), 400);
    },
  },
  'has a folder renamed': {
    files: {
      'server.js': `const text = require('./routes/text.js');\n${answering('text')}`,
      'routes/text.js': "module.exports = 'v1';",
    },
    save: (app) => {
      renameSync(path.join(app.folder, 'routes'), path.join(app.folder, 'api'));
      app.write('server.js', `const text = require('./api/text.js');\n${answering('text')}`);
      app.write('api/text.js', "module.exports = 'v2';");
    },
  },
  'finds a configuration that is nearer than the one it had': {
    files: {
      '.apprc.json': '{"text":"v1"}',
      'api/server.js': `const { existsSync, readFileSync } = require('node:fs');
const found = [__dirname, __dirname + '/..'].map((folder) => folder + '/.apprc.json').find(existsSync);
const { text } = JSON.parse(readFileSync(found, 'utf8'));\n${answering('text')}`,
    },
    command: ['node', 'api/server.js'],
    save: (app) => app.write('api/.apprc.json', '{"text":"v2"}'),
  },
  'has names with blanks, brackets, and what means something in an address': {
    files: {
      'lib [v]/ünï #1%.js': "module.exports = 'v1';",
      'my server.mjs': `import http from 'node:http';
import text from './lib%20%5Bv%5D/%C3%BCn%C3%AF%20%231%25.js';
http.createServer((_, response) => response.end(text)).listen(process.env.PORT);`,
    },
    command: ['node', 'my server.mjs'],
    save: (app) => app.write('lib [v]/ünï #1%.js', "module.exports = 'v2';"),
  },
  'prints without end': {
    files: { 'server.js': versioned("setInterval(() => console.log('x'.repeat(10_000)), 5);\n") },
  },
  'lets a connection have few requests': {
    files: {
      'server.js': versioned().replace(
        '.listen(',
        '.on("listening", function () { this.maxRequestsPerSocket = 2; this.keepAliveTimeout = 50; }).listen(',
      ),
    },
  },
};

describe('a server that', () => {
  for (const [what, { files, command, save, to = 'v2' }] of Object.entries(reports)) {
    it(what, onlyInAll, async (t) => {
      const app = await Running.start(t, {
        files,
        command: command ?? ['node', 'server.js'],
        env: { PORT2: String(await freePort()) },
      });
      await app.event('serving');
      // Of two ports it may have opened one by now.
      await untilTrue(async () => (await app.get('/').catch(() => undefined))?.body === 'v1');
      if (save === undefined) app.write('server.js', (files['server.js'] ?? '').replace('v1', 'v2'));
      else save(app);
      await untilTrue(async () => (await app.get('/')).body === to);
      await app.retired(1);
      assert.equal((await app.get('/')).body, to);
    });
  }

  it('is asked to CONNECT while it boots answers when it serves', async (t) => {
    const tunnel = (version: string): string => `const server = require('node:http').createServer();
server.on('connect', (_, socket) => socket.end('HTTP/1.1 200 OK\\r\\n\\r\\n${version}'));
server.listen(process.env.PORT);`;
    const app = await Running.start(t, {
      files: { 'server.js': tunnel('v1') },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    const ask = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = net.connect(app.port, '127.0.0.1');
        let text = '';
        socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        socket.once('end', () => resolve(text)).once('error', reject);
        socket.write('CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n');
      });
    assert.match(await ask(), /v1$/);
    app.write('server.js', tunnel('v2'));
    await app.event('starting', ({ generation }) => generation === 2);
    assert.match(await ask(), /v2$/);
  });

  it('has a comma too many in its configuration is refused at the place of that', async (t) => {
    const app = await Running.start(t, {
      files: {
        'server.js': `const { text } = require('./config.json');\n${answering('text')}`,
        'config.json': '{\n  "text": "v1"\n}\n',
      },
      command: ['node', 'server.js'],
    });
    await app.serving(1);
    app.write('config.json', '{\n  "text": "v2",\n}\n');
    const { file } = await app.event('rolledBack');
    assert.equal(file, path.join(app.folder, 'config.json'));
    assert.equal((await app.get('/')).body, 'v1');
  });
});
