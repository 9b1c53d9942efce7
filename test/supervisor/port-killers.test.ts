/** What a server's command kills on its port is a stranger's, never what serves for it. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { npmPackages } from '../tools/npm-packages.mts';
import { freePort } from '../tools/free-port.mts';
import { Running } from './running.ts';
import { plain } from './servers.ts';

const has = (program: string): boolean => spawnSync('which', [program]).status === 0;

/** Each ends whoever listens on `$1`, as scripts in package.json do. */
const killers: Readonly<Record<string, readonly [needs: string, script: string]>> = {
  'kill-port': ['lsof', 'node killPort.js $1'],
  lsof: ['lsof', 'lsof -ti:$1 | xargs -r kill -9'],
  'lsof with its table': [
    'lsof',
    "lsof -nP -iTCP:$1 -sTCP:LISTEN | awk 'NR > 1 { print $2 }' | xargs -r kill -9",
  ],
  fuser: ['fuser', 'fuser -k $1/tcp || true'],
  ss: ['ss', 'ss -Hltnp "sport = :$1" | grep -o \'pid=[0-9]*\' | cut -d= -f2 | xargs -r kill -9'],
};

let modules = '';
before(async () => {
  modules = await npmPackages('port-killers', ['kill-port@2']);
});

/** A stranger that listens; resolves when it does, and has a promise of its end. */
async function stranger(t: TestContext): Promise<{ port: number; ended: Promise<unknown> }> {
  const port = await freePort();
  const source = `require('net').createServer().listen(${port}, () => console.log('up'))`;
  const process = spawn('node', ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => process.kill('SIGKILL'));
  const ended = once(process, 'exit');
  await once(process.stdout, 'data');
  return { port, ended };
}

describe('a script that frees the port of its server', () => {
  for (const [name, [needs, script]] of Object.entries(killers)) {
    it(`by ${name} kills strangers only`, { skip: !has(needs) }, async (t) => {
      const other = await stranger(t);
      const app = await Running.start(t, {
        files: {
          'server.js': plain('v1'),
          'killPort.js': `require('${modules}/kill-port')(process.argv[2]).catch((error) => console.log(error.message));`,
          'free.sh': `set -- $1\n${script}\n`,
          'package.json': JSON.stringify({
            name: 'app',
            scripts: { predev: `sh free.sh $PORT; sh free.sh ${other.port}`, dev: 'node server.js' },
          }),
        },
        command: ['npm', 'run', 'dev'],
      });
      await app.serving(1);
      await other.ended;
      for (const n of [2, 3]) {
        app.write('server.js', plain(`v${n}`));
        await app.serving(n);
        assert.equal((await app.get('/')).body, `v${n}`);
      }
      assert.deepEqual(
        app.events.filter(({ event }) => event === 'rolledBack'),
        [],
      );
    });
  }

  it('by a call of its server kills none of its generations', { skip: !has('lsof') }, async (t) => {
    const source = (version: string): string =>
      `const { execSync } = require('node:child_process');
       require('${modules}/kill-port')(process.env.PORT).catch(() => undefined).then(() => {
         execSync('fuser -k ' + process.env.PORT + '/tcp || true', { stdio: 'ignore' });
         console.log('${version} has', process.env.PATH, '!');
         ${plain(version)}
       });`;
    const app = await Running.start(t, {
      files: { 'server.js': source('v1') },
      command: ['node', 'server.js'],
    });
    for (const n of [1, 2, 3]) {
      if (n > 1) app.write('server.js', source(`v${n}`));
      await app.serving(n);
      // Nor does it see how.
      assert.equal((await app.printed(new RegExp(`v${n} has (.*) !`)))[1], process.env['PATH']);
      assert.equal((await app.get('/')).body, `v${n}`);
    }
  });
});
