/** Commands that run the sources themselves, or build first. */
import type { Recipe } from '../recipe.mts';
import { dev, rowOf, type Way } from './typescript-app.mts';

const ways: readonly Way[] = [
  {
    name: 'build-then-node',
    scripts: { dev: 'npm run build && node dist/index.js', build: 'tsc' },
    adds: [],
  },
  {
    name: 'nodemon-ts-node',
    scripts: dev('nodemon --watch src --ext ts --exec ts-node src/index.ts'),
    adds: ['ts-node', 'nodemon'],
  },
  {
    name: 'ts-node-dev',
    scripts: dev('ts-node-dev --respawn --transpile-only src/index.ts'),
    adds: ['ts-node-dev'],
  },
  { name: 'vite-node', scripts: dev('vite-node --watch src/index.ts'), adds: ['vite-node', 'vite'] },
  { name: 'tsx-watch', scripts: dev('tsx watch src/index.ts'), adds: ['tsx'] },
  {
    name: 'dotenv-nodemon',
    scripts: dev('dotenv -e config/dev.env -- nodemon --exec tsx src/index.ts'),
    adds: ['dotenv-cli', 'nodemon', 'tsx'],
    files: { 'config/dev.env': 'LOG_LEVEL=debug\n' },
    config: 'config/dev.env',
  },
  {
    name: 'pnpm',
    scripts: dev('tsx watch --env-file=.env src/index.ts'),
    adds: ['tsx'],
    by: 'pnpm',
    command: 'pnpm dev',
    files: { '.env': 'LOG_LEVEL=debug\n' },
    config: '.env',
  },
  {
    name: 'yarn',
    scripts: dev('nodemon --exec tsx src/index.ts'),
    adds: ['nodemon', 'tsx'],
    by: 'yarn',
    command: 'yarn dev',
  },
];

export const commands: readonly Recipe[] = ways.map(rowOf);
