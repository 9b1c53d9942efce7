/** Templates that are fetched from elsewhere than npm, as their documentation has them, and servers with a bundler in them. */
import type { Recipe } from '../recipe.mts';

const hono = `import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { books } from './books.js'
import { log } from './log.js'

const app = new Hono()
app.use(log)
app.get('/', (c) => {
  return c.text('Hello Hono!')
})
app.route('/books', books)

serve({
  fetch: app.fetch,
  port: Number(process.env.PORT)
}, (info) => {
  console.log(\`Server is running on http://localhost:\${info.port}\`)
})
`;

const books = `import { Hono } from 'hono'

const found: string[] = []
export const books = new Hono()
books.get('/', (c) => c.json(found))
books.post('/', async (c) => c.json(await c.req.json(), 201))
`;

const log = `import type { MiddlewareHandler } from 'hono'

export const log: MiddlewareHandler = async (c, next) => {
  await next()
  c.header('x-path', c.req.path)
}
`;

const nextServer = `const { createServer } = require('http');
const next = require('next');
const { answer } = require('./lib/api');
const { isApi } = require('./lib/paths');

const app = next({ dev: true, turbopack: {turbo}, webpack: !{turbo} });
const handle = app.getRequestHandler();
app.prepare().then(() => {
  createServer((req, res) => (isApi(req.url) ? answer(req, res) : handle(req, res))).listen(process.env.PORT);
});
`.replaceAll('{turbo}', 'true');

const reactRouterServer = `import compression from 'compression';
import express from 'express';
import { answer } from './server/api.js';
import { apiPath } from './server/paths.js';

const app = express();
app.use(compression());
app.get(apiPath, answer);
const vite = await import('vite').then((vite) =>
  vite.createServer({ server: { middlewareMode: true, hmr: { port: {port2} } } }),
);
app.use(vite.middlewares);
app.use(async (req, res, next) => {
  try {
    const source = await vite.ssrLoadModule('./server/app.ts');
    return await source.app(req, res, next);
  } catch (error) {
    vite.ssrFixStacktrace(error);
    next(error);
  }
});
app.listen(process.env.PORT, () => console.log('listening'));
`;

const reactRouterFiles = {
  'package.json': `{
  "name": "app",
  "private": true,
  "type": "module",
  "scripts": { "dev": "cross-env NODE_ENV=development node server.js" }
}
`,
  'server.js': reactRouterServer,
  'server/api.js': "export const answer = (req, res) => res.json({ hello: 'world' });\n",
  'server/paths.js': "export const apiPath = '/api';\n",
  'server/app.ts': `import { createRequestHandler } from '@react-router/express';
import express from 'express';

export const app = express();
app.use(createRequestHandler({ build: () => import('virtual:react-router/server-build') }));
`,
  'vite.config.ts': `import { reactRouter } from '@react-router/dev/vite';
import { defineConfig } from 'vite';

export default defineConfig({ plugins: [reactRouter()] });
`,
  'react-router.config.ts': 'export default { ssr: true };\n',
  'app/root.tsx': `import { Links, Meta, Outlet, Scripts } from 'react-router';

export default function App() {
  return (
    <html lang="en"><head><Meta /><Links /></head><body><Outlet /><Scripts /></body></html>
  );
}
`,
  'app/routes.ts': `import { index } from '@react-router/dev/routes';
export default [index('routes/home.tsx')];
`,
  'app/routes/home.tsx': 'export default function Home() {\n  return <h1>Hello</h1>;\n}\n',
  'tsconfig.json':
    '{ "compilerOptions": { "jsx": "react-jsx", "module": "ESNext", "moduleResolution": "bundler" } }\n',
};

const comment = (text: string, number: number): string => `${text}// save ${number}\n`;

export const templates: readonly Recipe[] = [
  {
    name: 'hono',
    title: 'hono, nodejs template',
    project: {
      adds: ['hono', '@hono/node-server', 'tsx', 'typescript', '@types/node'],
      files: {
        'package.json': `${JSON.stringify({ name: 'app', type: 'module', scripts: { dev: 'tsx watch src/index.ts' } })}\n`,
        'tsconfig.json':
          '{ "compilerOptions": { "target": "ESNext", "module": "NodeNext", "strict": true, "jsx": "react-jsx", "jsxImportSource": "hono/jsx" } }\n',
        'src/index.ts': hono,
        'src/books.ts': books,
        'src/log.ts': log,
      },
    },
    shown: 'hono',
    command: 'npm run dev',
    get: ['/', '/books'],
    post: { path: '/books', headers: { 'Content-Type': 'application/json' }, body: '{"title":"{n}"}' },
    saves: { entry: 'src/index.ts', route: 'src/books.ts', deep: 'src/log.ts', config: 'tsconfig.json' },
  },
  {
    name: 'next',
    title: 'create-next-app with a custom server',
    project: {
      generator: {
        packages: ['create-next-app'],
        run: [
          [
            ...['create-next-app', 'app', '--js', '--app', '--no-eslint', '--no-tailwind', '--no-src-dir'],
            ...['--use-npm', '--skip-install', '--disable-git', '--import-alias', '@/*', '--yes'],
          ],
        ],
      },
      files: {
        'server.js': nextServer,
        // Its own asks for fonts at a place that is not everybody's.
        'app/layout.js':
          'export default function Layout({ children }) {\n  return <html lang="en"><body>{children}</body></html>;\n}\n',
        'app/page.js': 'export default function Page() {\n  return <h1>Hello</h1>;\n}\n',
        'lib/api.js': "exports.answer = (req, res) => res.end('hello');\n",
        'lib/paths.js': "exports.isApi = (url) => url.startsWith('/api');\n",
      },
    },
    command: 'node server.js',
    env: { NEXT_TELEMETRY_DISABLED: '1' },
    get: ['/api', '/'],
    saves: {
      entry: 'server.js',
      route: 'lib/api.js',
      // Next takes its own pages up by itself.
      deep: { file: 'app/page.js', edit: comment, expect: 'none' },
      config: { file: 'next.config.mjs', edit: comment },
    },
  },
  {
    name: 'express-vite',
    title: 'Express with Vite in middleware mode (create-vite-extra)',
    project: {
      generator: {
        packages: ['create-vite-extra'],
        run: [['create-vite-extra', 'app', '--template', 'ssr-vanilla']],
      },
    },
    command: 'npm run dev',
    saves: {
      entry: 'server.js',
      // Vite takes these up by itself.
      route: { file: 'src/entry-server.js', edit: comment, expect: 'none' },
      deep: { file: 'src/counter.js', edit: comment, expect: 'none' },
      config: 'package.json',
    },
    breaks: 'entry',
  },
  {
    name: 'react-router',
    title: 'React Router on Express',
    project: {
      adds: [
        ...[
          'react-router',
          '@react-router/express',
          '@react-router/node',
          '@react-router/dev',
          'react',
          'react-dom',
        ],
        ...['express', 'compression', 'isbot', 'vite#7', 'cross-env', 'typescript'],
      ],
      files: reactRouterFiles,
    },
    command: 'npm run dev',
    get: ['/api', '/'],
    saves: {
      entry: 'server.js',
      route: 'server/api.js',
      // Vite takes it up by itself.
      deep: { file: 'app/routes/home.tsx', edit: comment, expect: 'none' },
      config: 'package.json',
    },
  },
];
