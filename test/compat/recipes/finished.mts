/** Servers that are ready to use, as those have them who work on them. */
import type { Recipe } from '../recipe.mts';

export const finished: readonly Recipe[] = [
  {
    name: 'json-server-0',
    title: 'json-server',
    project: {
      packed: 'json-server',
      files: { 'db.json': '{ "posts": [{ "id": 1, "title": "one" }], "comments": [] }\n' },
    },
    command: 'node lib/cli/bin.js --watch db.json --port {port}',
    get: ['/posts', '/db'],
    post: { path: '/posts', headers: { 'Content-Type': 'application/json' }, body: '{"title":"number {n}"}' },
    saves: {
      entry: 'lib/cli/bin.js',
      route: 'lib/server/router/index.js',
      deep: 'lib/server/mixins.js',
      config: 'package.json',
    },
    ci: true,
  },
];
