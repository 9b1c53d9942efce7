/** Several packages in one checkout, which link each other. */
import type { Project, Recipe, SaveKind } from '../recipe.mts';

const about = (more: object): string =>
  `${JSON.stringify({ version: '1.0.0', private: true, ...more }, undefined, 2)}\n`;

const server = `const express = require('express');
const { greeting } = require('@app/shared');
const { router } = require('./routes');

const app = express();
app.get('/', (req, res) => res.send(greeting()));
app.use('/books', router);
app.listen(process.env.PORT);
`;

const routes = `const { Router } = require('express');

exports.router = Router();
exports.router.get('/', (req, res) => res.json([]));
`;

const files = {
  'packages/api/server.js': server,
  'packages/api/routes.js': routes,
  'packages/shared/package.json': about({ name: '@app/shared', main: 'index.js' }),
  'packages/shared/index.js': "exports.greeting = () => 'hello';\n",
};

const saves: Record<SaveKind, string> = {
  entry: 'packages/api/server.js',
  route: 'packages/api/routes.js',
  deep: 'packages/shared/index.js',
  config: 'packages/api/package.json',
};

const row = (by: NonNullable<Project['by']>, command: string, root: Record<string, string>): Recipe => ({
  name: `${by}-workspace`,
  title: `a workspace of ${by}`,
  project: {
    by,
    files: {
      ...root,
      'packages/api/package.json': about({
        name: 'api',
        scripts: { dev: 'nodemon server.js' },
        dependencies: {
          express: '^5.0.0',
          nodemon: '^3.0.0',
          '@app/shared': by === 'pnpm' ? 'workspace:*' : '1.0.0',
        },
      }),
      ...files,
    },
  },
  shown: by === 'npm' ? 'express' : by,
  command,
  get: ['/', '/books'],
  saves,
});

const workspaces = { 'package.json': about({ name: 'app', workspaces: ['packages/*'] }) };

export const workspaceRows: readonly Recipe[] = [
  row('npm', 'npm run dev -w api', workspaces),
  row('yarn', 'yarn workspace api dev', workspaces),
  row('pnpm', 'pnpm --filter api dev', {
    'package.json': about({ name: 'app' }),
    'pnpm-workspace.yaml': "packages:\n  - 'packages/*'\n",
  }),
];
