/** Env files count, whoever reads them for the server: Node, a program in front of it, a shell. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import path from 'node:path';
import { Running } from './running.ts';

/** As dotenv-cli and env-cmd do. */
const wrapper = `const { readFileSync } = require('node:fs');
const [, , file, ...command] = process.argv;
for (const line of readFileSync(file, 'utf8').trim().split('\\n')) {
  const [name, value] = line.split('=');
  process.env[name] = value;
}
require('node:child_process').spawn(command[0], command.slice(1), { stdio: 'inherit' });`;
const files = {
  'config/dev.env': 'TEXT=v1\n',
  'config/other.env': 'TEXT=o1\n',
  '.env.example': 'TEXT=\n',
  'route.js': "module.exports = 'a';",
  'server.js': `const text = process.env.TEXT + require('./route.js');
require('node:http').createServer((request, response) => response.end(text)).listen(process.env.PORT);`,
  'packages/with-env/cli.js': wrapper,
};
const script = (dev: string): Readonly<Record<string, string>> => ({
  'package.json': JSON.stringify({ name: 'app', scripts: { dev } }),
});

interface Way {
  readonly command: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

const ways: Readonly<Record<string, Way>> = {
  Node: { command: ['node', '--env-file=config/dev.env', 'server.js'] },
  'a program in front of it': {
    command: ['node', 'packages/with-env/cli.js', 'config/dev.env', 'node', 'server.js'],
  },
  'a shell that a script is for': {
    command: ['npm', 'run', 'dev'],
    files: script('export $(cat config/dev.env | xargs) && node server.js'),
  },
  'a shell to which it is a part of the script': {
    command: ['npm', 'run', 'dev'],
    files: script('set -a && . ./config/dev.env && set +a && node server.js'),
  },
  'the server itself, as Node has it': {
    command: ['node', 'main.js'],
    files: { 'main.js': "process.loadEnvFile('config/dev.env');\nrequire('./server.js');" },
  },
};

describe('a save of an env file that is read by', () => {
  for (const [who, way] of Object.entries(ways)) {
    it(`${who} is in force, and stays so, and that of another is none`, async (t) => {
      const app = await Running.start(t, {
        standby: true,
        files: { ...files, ...way.files },
        command: way.command,
      });
      await app.serving(1);
      assert.equal((await app.get('/')).body, 'v1a');
      await app.event('standby', ({ state }) => state === 'warm');
      app.write('config/other.env', 'TEXT=o2\n');
      app.write('.env.example', 'TEXT=example\n');
      app.write('config/dev.env', 'TEXT=v2\n');
      const started = await app.event('starting', ({ generation }) => generation === 2);
      assert.deepEqual(started.cause.files, [path.join(app.folder, 'config/dev.env')]);
      await app.serving(2);
      assert.equal((await app.get('/')).body, 'v2a');
      app.write('route.js', "module.exports = 'b';");
      await app.serving(3);
      assert.equal((await app.get('/')).body, 'v2b');
    });
  }
});

it('a save of the shell script that starts the server is in force', async (t) => {
  const app = await Running.start(t, {
    standby: true,
    files: {
      ...files,
      ...script('sh bin/dev.sh'),
      'bin/dev.sh': 'set -e\nexport TEXT=v1\nexec node server.js\n',
    },
    command: ['npm', 'run', 'dev'],
  });
  await app.serving(1);
  assert.equal((await app.get('/')).body, 'v1a');
  await app.event('standby', ({ state }) => state === 'warm');
  app.write('bin/dev.sh', 'export TEXT=v2\nnode server.js\n');
  const started = await app.event('starting', ({ generation }) => generation === 2);
  assert.deepEqual(started.cause.files, [path.join(app.folder, 'bin/dev.sh')]);
  await app.serving(2);
  assert.equal((await app.get('/')).body, 'v2a');
});
