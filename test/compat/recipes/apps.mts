/** Finished servers that keep what they know in a database of their own, and boot for a while. */
import type { Recipe } from '../recipe.mts';

const json = { 'Content-Type': 'application/json' };

const ghostConfig = {
  url: 'http://localhost:{port}',
  server: { host: '127.0.0.1', port: '{port}' },
  database: { client: 'sqlite3', connection: { filename: 'content/data/dev.db' }, useNullAsDefault: true },
  mail: { transport: 'Direct' },
  paths: { contentPath: 'content/' },
  privacy: { useUpdateCheck: false, useGravatar: false, useRpcPing: false, useStructuredData: false },
  process: 'local',
  logging: { transports: ['stdout'], level: 'warn' },
};

const directusEnv = `PORT={port}
HOST=127.0.0.1
KEY=compat
SECRET=compat-secret
DB_CLIENT=sqlite3
DB_FILENAME=./data.db
ADMIN_EMAIL=admin@example.com
ADMIN_PASSWORD=compat
TELEMETRY=false
SERVE_APP=false
`;

export const apps: readonly Recipe[] = [
  {
    name: 'ghost',
    title: 'ghost on SQLite',
    project: {
      packed: 'ghost',
      adds: ['tsx', 'sqlite3'],
      compiles: ['sqlite3'],
      files: { 'config.development.json': `${JSON.stringify(ghostConfig, undefined, 2)}\n` },
    },
    command: 'npm run dev',
    get: ['/ghost/api/admin/site/', '/'],
    saves: {
      entry: 'index.js',
      route: 'core/server/web/api/endpoints/admin/routes.js',
      deep: 'core/server/services/public-config/site.js',
      config: 'config.development.json',
    },
  },
  {
    name: 'directus',
    title: '@directus/api on SQLite',
    project: {
      packed: '@directus/api',
      adds: ['sqlite3'],
      compiles: ['sqlite3', 'isolated-vm'],
      files: { '.env': directusEnv },
      then: [['node', 'dist/cli/run.js', 'bootstrap']],
    },
    command: 'node dist/start.js',
    get: ['/server/ping', '/server/info'],
    post: { path: '/auth/login', headers: json, body: '{"email":"nobody@example.com","password":"{n}"}' },
    saves: {
      entry: 'dist/start.js',
      route: 'dist/controllers/server.js',
      deep: 'dist/services/server.js',
      config: '.env',
    },
  },
  {
    name: 'etherpad',
    title: 'ep_etherpad-lite',
    project: {
      packed: 'ep_etherpad-lite',
      files: {
        'src/settings.json':
          '{ "port": {port}, "ip": "127.0.0.1", "dbType": "dirty", "dbSettings": { "filename": "var/dirty.db" } }\n',
      },
      // As in its checkout, where it is its own plugin.
      then: [
        ['sh', '-c', 'find . -mindepth 1 -maxdepth 1 ! -name src -exec mv {} src/ \\;'],
        ['sh', '-c', 'mkdir node_modules var && ln -s ../src node_modules/ep_etherpad-lite'],
        ['sh', '-c', 'echo "{}" > package.json'],
      ],
    },
    command: 'node src/node/server.js --settings src/settings.json',
    get: ['/p/notes', '/api'],
    saves: {
      entry: 'src/node/server.js',
      route: 'src/node/hooks/express/apicalls.js',
      deep: 'src/node/db/PadManager.js',
      config: 'src/settings.json',
    },
  },
];
