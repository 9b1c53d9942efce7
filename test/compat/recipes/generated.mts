/** What the generators make, with answers of the first choice. */
import type { Recipe } from '../recipe.mts';

const nest = (major: number, cli: string): Recipe => ({
  name: `nest-${major}`,
  title: `@nestjs/cli new, ${major === 11 ? 'CommonJS' : 'ES modules'}`,
  project: {
    generator: {
      packages: [cli],
      run: [['nest', 'new', 'app', '--skip-install', '--skip-git', '--package-manager', 'npm']],
    },
  },
  command: 'npm run start:dev',
  builds: { by: /nest start/, to: 'dist/app.controller.js' },
  saves: {
    entry: 'src/main.ts',
    route: 'src/app.controller.ts',
    deep: 'src/app.service.ts',
    config: 'package.json',
  },
});

const feathersAnswers = {
  name: 'app',
  description: 'An app',
  language: 'ts',
  framework: 'koa',
  packager: 'npm',
  transports: ['rest', 'websockets'],
  client: false,
  schema: 'typebox',
  database: 'other',
  lib: 'src',
};

const loopbackAnswers = {
  name: 'app',
  loopbackBuild: true,
  eslint: true,
  prettier: true,
  mocha: true,
  vscode: true,
  repositories: true,
  services: true,
};

/** The generator installs, too; that is for who asks for it. */
const feathers = `
import { mkdirSync } from 'node:fs';
import { commandRunner } from '{modules}/@feathersjs/cli/lib/index.js';
mkdirSync('app');
await commandRunner('app')({ ...${JSON.stringify(feathersAnswers)}, cwd: process.cwd() + '/app' });
`;

export const generated: readonly Recipe[] = [
  {
    name: 'express-generator',
    project: { generator: { packages: ['express-generator'], run: [['express', '--view=pug', 'app']] } },
    command: 'npm start',
    get: ['/', '/users'],
    saves: { entry: 'bin/www', route: 'routes/index.js', deep: 'app.js', config: 'package.json' },
    ci: true,
  },
  nest(11, '@nestjs/cli#11'),
  nest(12, '@nestjs/cli'),
  {
    name: 'fastify-js',
    title: 'fastify-cli generate',
    project: { generator: { packages: ['fastify-cli'], run: [['fastify', 'generate', 'app']] } },
    command: 'npm run dev',
    get: ['/', '/example'],
    saves: { entry: 'app.js', route: 'routes/root.js', deep: 'plugins/support.js', config: 'package.json' },
  },
  {
    name: 'fastify-ts',
    title: 'fastify-cli generate --lang=ts',
    project: {
      generator: { packages: ['fastify-cli'], run: [['fastify', 'generate', 'app', '--lang=ts']] },
      // What it makes does not compile with the TypeScript 6 that it asks for.
      adds: ['typescript'],
    },
    command: 'npm run dev',
    builds: { by: /tsc.* -w/, to: 'dist/routes/root.js' },
    get: ['/', '/example'],
    saves: {
      entry: 'src/app.ts',
      route: 'src/routes/root.ts',
      deep: 'src/plugins/support.ts',
      config: 'package.json',
    },
  },
  {
    name: 'koa-generator',
    title: 'koa-generator (koa2)',
    project: { generator: { packages: ['koa-generator'], run: [['koa2', 'app']] } },
    command: 'npm run dev',
    get: ['/', '/json', '/users'],
    saves: { entry: 'bin/www', route: 'routes/index.js', deep: 'app.js', config: 'package.json' },
  },
  {
    name: 'feathers',
    title: 'create-feathers',
    project: {
      generator: {
        packages: ['@feathersjs/cli'],
        run: [['node', '--input-type=module', '--eval', feathers]],
      },
    },
    command: 'npm run dev',
    saves: {
      entry: 'src/index.ts',
      route: 'src/services/index.ts',
      deep: 'src/logger.ts',
      config: 'config/default.json',
    },
  },
  {
    name: 'loopback',
    title: '@loopback/cli app',
    project: {
      generator: {
        packages: ['@loopback/cli'],
        run: [['lb4', 'app', 'app', '--yes', '--skip-install', '--config', JSON.stringify(loopbackAnswers)]],
      },
    },
    command: 'npm start',
    get: ['/ping', '/openapi.json'],
    saves: {
      entry: 'src/index.ts',
      route: 'src/controllers/ping.controller.ts',
      deep: 'src/application.ts',
      config: 'package.json',
    },
  },
  {
    name: 'sails',
    title: 'sails new',
    project: {
      generator: {
        packages: ['sails'],
        run: [['sails', 'new', 'app', '--fast', '--no-frontend', '--without=lodash,grunt']],
      },
    },
    command: 'node app.js --port {port}',
    saves: { entry: 'app.js', route: 'config/routes.js', deep: 'config/log.js', config: 'config/http.js' },
  },
  {
    name: 'strapi',
    title: 'create-strapi on SQLite',
    project: {
      generator: {
        packages: ['create-strapi'],
        run: [
          [
            ...['create-strapi', 'app', '--no-run', '--no-install', '--skip-cloud', '--no-example'],
            ...['--no-git-init', '--non-interactive', '--dbclient', 'sqlite', '--js', '--use-npm'],
          ],
        ],
      },
      files: {
        '.tmp/README': 'Its database.\n',
        'src/api/hello/routes/hello.js':
          "module.exports = { routes: [{ method: 'GET', path: '/hello', handler: 'hello.index', config: { auth: false } }] };\n",
        'src/api/hello/controllers/hello.js':
          "module.exports = { index: (ctx) => { ctx.body = 'hello'; } };\n",
      },
      compiles: ['better-sqlite3'],
    },
    command: 'npm run develop',
    env: { STRAPI_TELEMETRY_DISABLED: 'true', BROWSER: 'none', DATABASE_FILENAME: '.tmp/data.db' },
    get: ['/api/hello'],
    saves: {
      entry: 'src/index.js',
      route: 'src/api/hello/routes/hello.js',
      deep: 'src/api/hello/controllers/hello.js',
      config: 'config/server.js',
    },
  },
];
