/** What the generators make. */
import type { Recipe } from '../recipe.mts';

export const generated: readonly Recipe[] = [
  {
    name: 'express-generator',
    project: { generator: { packages: ['express-generator'], run: [['express', '--view=pug', '.']] } },
    command: 'npm start',
    get: ['/', '/users'],
    saves: { entry: 'bin/www', route: 'routes/index.js', deep: 'app.js', config: 'package.json' },
    ci: true,
  },
];
