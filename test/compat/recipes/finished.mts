/** Servers that are ready to use, as those have them who work on them: a folder with the package and what it needs. */
import type { Recipe } from '../recipe.mts';

const json = { 'Content-Type': 'application/json' };
const posts = { path: '/posts', headers: json, body: '{"title":"number {n}"}' };
const database = { 'db.json': '{ "posts": [{ "id": "1", "title": "one" }], "comments": [] }\n' };

export const finished: readonly Recipe[] = [
  {
    name: 'json-server-0',
    title: 'json-server',
    project: { packed: 'json-server', files: database },
    command: 'node lib/cli/bin.js --watch db.json --port {port}',
    get: ['/posts', '/db'],
    post: posts,
    saves: {
      entry: 'lib/cli/bin.js',
      route: 'lib/server/router/index.js',
      deep: 'lib/server/mixins.js',
      config: 'package.json',
    },
  },
  {
    name: 'json-server-1',
    title: 'json-server',
    project: { packed: 'json-server#1', files: database },
    command: 'node lib/bin.js db.json --port {port}',
    get: ['/posts', '/comments'],
    post: posts,
    saves: { entry: 'lib/bin.js', route: 'lib/app.js', deep: 'lib/service.js', config: 'package.json' },
  },
  {
    name: 'http-server',
    project: { packed: 'http-server', files: { 'public/index.html': '<h1>Hello</h1>\n' } },
    command: 'node bin/http-server public -p {port}',
    saves: {
      entry: 'bin/http-server',
      route: 'lib/core/index.js',
      deep: 'lib/core/show-dir/index.js',
      config: 'lib/core/defaults.json',
    },
  },
  {
    name: 's3rver',
    project: { packed: 's3rver' },
    command: 'node bin/s3rver.js --directory data --port {port} --configure-bucket files',
    // Whoever lists a bucket while something is written into it is answered 500, without Hot Swap too.
    post: { method: 'PUT', path: '/files/{n}.txt', body: 'number {n}' },
    saves: {
      entry: 'bin/s3rver.js',
      route: 'lib/routes.js',
      deep: 'lib/controllers/bucket.js',
      config: 'package.json',
    },
  },
  {
    name: 'maildev',
    project: { packed: 'maildev' },
    command: 'node dist/bin/maildev.js --web {port} --smtp {port2}',
    get: ['/', '/email'],
    saves: {
      entry: 'dist/bin/maildev.js',
      route: 'dist/server/index.js',
      deep: 'dist/config/loader.js',
      config: 'package.json',
    },
  },
  {
    name: 'verdaccio',
    project: {
      packed: 'verdaccio',
      files: {
        'config.yaml':
          'storage: ./storage\nauth:\n  htpasswd:\n    file: ./htpasswd\n' +
          "packages:\n  '**':\n    access: $all\nlog: { type: stdout, level: warn }\n",
      },
    },
    command: 'node bin/verdaccio --config config.yaml --listen {port}',
    get: ['/', '/-/ping'],
    saves: {
      entry: 'bin/verdaccio',
      route: 'build/api/endpoint/api/ping.js',
      deep: 'build/lib/storage.js',
      config: 'config.yaml',
    },
  },
  {
    name: 'tiddlywiki',
    project: { packed: 'tiddlywiki' },
    command: 'node tiddlywiki.js editions/tw5.com-server --listen port={port}',
    get: ['/status'],
    post: {
      method: 'PUT',
      path: '/recipes/default/tiddlers/Number',
      headers: { ...json, 'X-Requested-With': 'TiddlyWiki' },
      body: '{"title":"Number","text":"{n}"}',
    },
    saves: {
      entry: 'tiddlywiki.js',
      route: 'core-server/server/routes/get-status.js',
      deep: 'boot/boot.js',
      config: 'editions/tw5.com-server/tiddlywiki.info',
    },
    // boot.js calls itself by another name (sourceURL), so that nobody could tell its place.
    breaks: 'entry',
  },
  {
    name: 'mockoon',
    title: '@mockoon/cli',
    project: {
      packed: '@mockoon/cli',
      files: {
        'data.json': JSON.stringify({
          uuid: '2f1d8a3c-2b61-4c0a-9d5d-0d4f6d1a7e01',
          lastMigration: 33,
          name: 'demo',
          port: 3000,
          routes: [
            {
              uuid: '2f1d8a3c-2b61-4c0a-9d5d-0d4f6d1a7e02',
              type: 'http',
              method: 'get',
              endpoint: 'hello',
              responses: [
                { uuid: '2f1d8a3c-2b61-4c0a-9d5d-0d4f6d1a7e03', body: '{}', statusCode: 200, default: true },
              ],
            },
          ],
        }),
      },
    },
    command: 'node bin/run.js start --data data.json --port {port} --repair',
    get: ['/hello'],
    saves: {
      entry: 'bin/run.js',
      route: 'dist/commands/start.js',
      deep: 'dist/libs/utils.js',
      config: 'data.json',
    },
  },
  {
    name: 'mcp-everything',
    title: '@modelcontextprotocol/server-everything',
    project: { packed: '@modelcontextprotocol/server-everything' },
    command: 'node dist/index.js streamableHttp',
    get: ['/mcp'],
    post: {
      path: '/mcp',
      headers: { ...json, Accept: 'application/json, text/event-stream' },
      body: '{"jsonrpc":"2.0","id":{n},"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"compat","version":"1"}}}',
    },
    saves: {
      entry: 'dist/index.js',
      route: 'dist/transports/streamableHttp.js',
      deep: 'dist/server/index.js',
      config: 'package.json',
    },
  },
];
