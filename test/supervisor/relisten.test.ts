/** Servers that close and listen again: at their start, at work, and when a newer generation serves already. */
import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, it } from 'node:test';
import { edit, serve } from './traffic-clients.ts';

const server = (version: string, listen: string): string => `
const http = require('node:http');
const port = Number(process.env.PORT);
const up = () => console.log('${version} is up');
const server = http.createServer((req, res) => {
  if (req.url === '/again') {
    res.end('${version} again');
    server.close();
    server.listen(port, () => console.log('${version} listens again'));
  } else res.end('${version}');
});
server.on('error', (error) => { console.log('${version} failed', error.code); process.exit(1); });
${listen}
`;

const twice: Readonly<Record<string, string>> = {
  'at once': `let n = 0; server.listen(port, () => { if (n++ === 0) server.close(() => server.listen(port, up)); });`,
  'at once, at another address': `let n = 0;
    server.listen(port, () => { if (n++ === 0) server.close(() => server.listen(port, '127.0.0.1', up)); });`,
  'with another server': `const first = http.createServer().listen(port);
    first.once('listening', () => { first.close(); server.listen(port, up); });`,
  'after it has read its configuration': `let n = 0; server.listen(port, () => {
    if (n++ === 0) setTimeout(() => server.close(() => server.listen(port, up)), 300);
  });`,
  'after a pause': `let n = 0; server.listen(port, () => {
    if (n++ === 0) setTimeout(() => server.close(() => setTimeout(() => server.listen(port, up), 300)), 100);
  });`,
};

describe('a server that closes and listens again', () => {
  for (const [how, listen] of Object.entries(twice)) {
    it(`${how} serves, in every generation`, async (t) => {
      const app = await serve(t, server('v1', listen));
      for (const n of [1, 2, 3]) {
        if (n > 1) {
          app.write('server.js', server(`v${n}`, listen));
          app.swap();
          await app.serving(n);
        }
        await app.printed(new RegExp(`v${n} is up`));
        assert.equal((await app.get('/')).body, `v${n}`);
      }
      assert.doesNotMatch(app.output, /failed/);
    });
  }

  it('when it is told to goes on, before a swap and after', async (t) => {
    const source = (version: string): string => server(version, 'server.listen(port);');
    const app = await serve(t, source('v1'));
    for (const n of [1, 2, 3]) {
      if (n > 1) {
        app.write('server.js', source(`v${n}`));
        app.swap();
        await app.serving(n);
      }
      assert.equal((await app.get('/again')).body, `v${n} again`);
      await app.printed(new RegExp(`v${n} listens again`));
      assert.equal((await app.get('/')).body, `v${n}`);
    }
    assert.doesNotMatch(app.output, /failed/);
  });

  it('when a newer generation serves already leaves it the port', async (t) => {
    // As json-server's watcher does, which sees the save that was swapped.
    const source = (version: string): string =>
      server(
        version,
        `server.listen(port);
         server.on('connection', () => console.log('${version} connection'));
         process.on('SIGWINCH', () => { server.close(); server.listen(port, () => {
           const { port: at } = server.address();
           console.log('${version} believes', at, server.listening);
         }); });`,
      );
    const app = await serve(t, source('v1'), '--drain-timeout', '60000');
    const busy = net.connect(app.port, '127.0.0.1'); // it drains until this one goes
    t.after(() => busy.destroy());
    await app.printed(/v1 connection/);
    await edit(app, source('v2'));
    const [first] = app.events.filter((event) => event.event === 'serving');
    process.kill(first!.pid, 'SIGWINCH');
    await app.printed(new RegExp(`v1 believes ${app.port} true`));
    for (let n = 0; n < 5; n += 1) assert.equal((await app.get('/')).body, 'v2');
    busy.destroy();
    await app.retired(1);
    assert.doesNotMatch(app.output, /failed/);
  });
});
