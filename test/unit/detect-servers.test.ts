import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Files } from '../../src/detect/reading/files.ts';
import { findServers, type Candidate } from '../../src/detect/servers.ts';

/** Looks in `/home/shop` with these files below it; objects are written as JSON. */
async function find(content: Record<string, unknown>): Promise<readonly Candidate[]> {
  const root = '/home/shop/';
  const files: Files = {
    readFile: (path) => {
      const value = path.startsWith(root) ? content[path.slice(root.length)] : undefined;
      return Promise.resolve(
        value === undefined || typeof value === 'string' ? value : JSON.stringify(value),
      );
    },
    readFolders: (path) => {
      const below = path === '/home/shop' ? '' : path.slice(root.length) + '/';
      const inside = Object.keys(content).filter((name) => name.startsWith(below));
      const names = inside
        .map((name) => name.slice(below.length).split('/'))
        .filter((parts) => parts.length > 1);
      return Promise.resolve([...new Set(names.map((parts) => parts[0] ?? ''))]);
    },
  };
  return findServers('/home/shop', files);
}

const commands = async (content: Record<string, unknown>): Promise<string[]> =>
  (await find(content)).map((candidate) => candidate.command);

const express = { express: '^5' };

test('offers the dev script before the start script, by the name of the package', async () => {
  const scripts = { start: 'node server.js', dev: 'nodemon server.js', test: 'node --test' };
  const found = await find({ 'package.json': { name: '@acme/api', scripts, dependencies: express } });
  assert.deepEqual(found, [
    { name: 'api', command: 'npm run dev', cwd: '/home/shop', found: 'dev: nodemon server.js' },
    { name: 'api', command: 'npm start', cwd: '/home/shop', found: 'start: node server.js' },
  ]);
});

test("speaks the package manager's language", async () => {
  const main = { scripts: { dev: 'tsx watch src/index.ts' }, dependencies: express };
  assert.deepEqual(await commands({ 'package.json': main, 'pnpm-lock.yaml': '' }), ['pnpm run dev']);
  assert.deepEqual(await commands({ 'package.json': main, 'yarn.lock': '' }), ['yarn run dev']);
  assert.deepEqual(await commands({ 'package.json': { ...main, packageManager: 'bun@1.2.0' } }), [
    'bun run dev',
  ]);
});

test('leaves front ends, libraries and tools alone', async () => {
  for (const dev of [
    'vite',
    'next dev',
    'react-scripts start',
    'tsc -w',
    'electron .',
    'concurrently "a" "b"',
  ]) {
    assert.deepEqual(
      await commands({ 'package.json': { scripts: { dev }, dependencies: express } }),
      [],
      dev,
    );
  }
  const tool = { scripts: { start: 'node index.js' }, main: 'index.js' };
  assert.deepEqual(await commands({ 'package.json': tool, 'index.js': 'console.log(1)' }), []);
});

test('recognises a server without a framework by what its entry does', async () => {
  const main = { scripts: { start: 'node index.js' } };
  const text = "require('http').createServer(handle).listen(3000)";
  assert.deepEqual(await commands({ 'package.json': main, 'index.js': text }), ['npm start']);
});

test('looks through scripts that call scripts', async () => {
  const scripts = { dev: 'npm run server', server: 'cross-env A=1 npx nodemon src/server.js' };
  assert.deepEqual(await commands({ 'package.json': { scripts } }), ['npm run dev', 'npm run server']);
});

test('falls back to main, then to the usual files', async () => {
  const text = 'app.listen(3000)';
  assert.deepEqual(await commands({ 'package.json': { main: 'lib/run.js' }, 'lib/run.js': text }), [
    'node lib/run.js',
  ]);
  assert.deepEqual(await commands({ 'server.js': text, 'index.js': text }), ['node server.js']);
  assert.deepEqual(await commands({ 'src/server.ts': text }), ['npx tsx src/server.ts']);
  assert.deepEqual(await commands({ 'index.js': 'module.exports = {}' }), []);
});

test('names a folder without a package after itself', async () => {
  assert.equal((await find({ 'server.js': 'http.createServer(f)' }))[0]?.name, 'shop');
});

test('looks below when the root holds none', async () => {
  const found = await find({
    'package.json': { scripts: { dev: 'turbo dev' } },
    'api/package.json': { name: 'api', scripts: { dev: 'node server.js' } },
    'apps/admin/package.json': { name: 'admin', scripts: { start: 'node .' }, dependencies: express },
    'node_modules/x/package.json': { scripts: { start: 'node server.js' } },
  });
  assert.deepEqual(
    found.map(({ name, command, cwd }) => [name, command, cwd]),
    [
      ['api', 'npm run dev', '/home/shop/api'],
      ['admin', 'npm start', '/home/shop/apps/admin'],
    ],
  );
});

test('survives a package.json that is none', async () => {
  for (const text of ['', '{', '[]', 'null', '"x"', '{"scripts": 3, "name": {}}']) {
    assert.deepEqual(
      await commands({ 'package.json': text, 'server.js': 'x.listen(1)' }),
      ['node server.js'],
      text,
    );
  }
});

test('finds Python servers by what their files say, and runs them in their environment', async () => {
  const flask = 'from flask import Flask\n\napp = Flask(__name__)\n';
  const fastapi = 'from fastapi import FastAPI\n\napi = FastAPI()\n';
  const django = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n';
  const tornado = 'import tornado.web\n\nasyncio.run(main())\n';
  assert.deepEqual(await commands({ 'app.py': flask, 'requirements.txt': 'flask' }), [
    'python3 -m flask --app app --debug run',
  ]);
  assert.deepEqual(await commands({ 'app/main.py': fastapi, 'uv.lock': '' }), [
    'uv run python -m uvicorn app.main:api',
  ]);
  assert.deepEqual(await commands({ 'manage.py': django, 'poetry.lock': '', 'app.py': flask }), [
    'poetry run python manage.py runserver',
  ]);
  assert.deepEqual(await commands({ 'server.py': tornado, '.venv/pyvenv.cfg': '' }), [
    '.venv/bin/python server.py',
  ]);
  assert.deepEqual(await commands({ 'main.py': 'print("a script")' }), []);
});

test('offers what launch.json runs with Node, if it is a server', async () => {
  const server = "require('node:http').createServer(() => {}).listen(3000);";
  const launch = `{
    // comments and trailing commas are usual there
    "configurations": [
      { "type": "node", "request": "launch", "name": "API", "program": "\${workspaceFolder}/bin/api.js",
        "runtimeArgs": ["--enable-source-maps"], "args": ["--port", "3 0"], "env": { "LEVEL": "debug", "CI": null },
        "envFile": "\${workspaceFolder}/.env.local", "cwd": "\${workspaceFolder}/bin" },
      { "type": "node", "request": "launch", "name": "This file", "program": "\${file}" },
      { "type": "node", "request": "launch", "name": "Tests", "program": "\${workspaceFolder}/test.js" },
      { "type": "node", "request": "attach", "name": "Attach", "port": 9229 },
      { "type": "chrome", "request": "launch", "name": "Page", "url": "http://localhost:3000" },
      { "type": "node", "request": "launch", "name": "Dev", "runtimeExecutable": "npm", "runtimeArgs": ["run", "dev"] },
    ],
  }`;
  const scripts = { dev: 'node bin/api.js' };
  const content = {
    '.vscode/launch.json': launch,
    'bin/api.js': server,
    'test.js': "require('node:test');",
  };
  const api = {
    name: 'API',
    command: "node --enable-source-maps api.js --port '3 0'",
    cwd: '/home/shop/bin',
    found: 'launch.json',
    env: { LEVEL: 'debug', CI: null },
    envFile: '/home/shop/.env.local',
  };
  assert.deepEqual(await find(content), [api]);
  const withPackage = await find({ ...content, 'package.json': { name: 'shop', scripts } });
  const dev = { name: 'shop', command: 'npm run dev', cwd: '/home/shop', found: 'dev: node bin/api.js' };
  assert.deepEqual(withPackage, [dev, api], 'what is found twice is offered once');
});

test('finds servers of other stacks by what their files say, whoever says how it is started first', async () => {
  const serves = 'package main\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n';
  assert.deepEqual(
    await find({ 'go.mod': 'module example.com/shop\n', 'main.go': serves, Procfile: 'web: ./shop -v\n' }),
    [
      { name: 'shop', command: './shop -v', cwd: '/home/shop', found: 'web: in Procfile' },
      { name: 'shop', command: 'go run .', cwd: '/home/shop', found: 'main.go in . of go.mod' },
    ],
  );
  assert.deepEqual(
    await commands({ 'go.mod': 'module x.org/shop\n', 'cmd/server/main.go': 'package main\n' }),
    ['go run ./cmd/server'],
  );
  assert.deepEqual(await commands({ 'go.mod': 'module x.org/lib\n', 'main.go': 'package lib\n' }), []);
  assert.deepEqual(await commands({ 'deno.jsonc': '{ // ours\n"tasks": { "dev": "deno run x.ts" } }' }), [
    'deno task dev',
  ]);
  assert.deepEqual(await commands({ 'deno.json': {}, 'main.ts': 'Deno.serve(() => x);' }), [
    'deno run -A main.ts',
  ]);
  assert.deepEqual(await commands({ 'bunfig.toml': '', 'index.ts': 'Bun.serve({})' }), ['bun run index.ts']);
  assert.deepEqual(await commands({ 'Cargo.toml': '[dependencies]\naxum = "0.7"\n' }), ['cargo run']);
  assert.deepEqual(await commands({ 'Cargo.toml': '[dependencies]\nserde = "1"\n' }), []);
  assert.deepEqual(await commands({ 'public/index.php': '<?php' }), ['php -S localhost:8000 -t public']);
  assert.deepEqual(
    await commands({ 'pom.xml': '<artifactId>spring-boot-maven-plugin</artifactId>', mvnw: '' }),
    ['./mvnw spring-boot:run'],
  );
  assert.deepEqual(await commands({ 'mix.exs': '{:phoenix, "~> 1.7"}' }), ['mix phx.server']);
  assert.deepEqual(await commands({ 'nginx.conf': 'events {}' }), [
    "nginx -p . -c nginx.conf -g 'daemon off;'",
  ]);
});
