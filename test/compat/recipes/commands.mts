/** One small Express app in TypeScript, by each of the commands that people start such apps with. */
import type { Project, Recipe } from '../recipe.mts';

const index = `import express from 'express';
import { books } from './routes/books';
import { log } from './log';

const app = express();
app.use(log);
app.use(express.json());
app.get('/', (req, res) => {
  res.send('hello');
});
app.use('/books', books);
app.listen(Number(process.env.PORT));
`;

const books = `import { Router } from 'express';

const found: unknown[] = [];
export const books = Router();
books.get('/', (req, res) => {
  res.json(found.slice(-5));
});
books.post('/', (req, res) => {
  found.push(req.body);
  res.status(201).end();
});
`;

const log = `import type { NextFunction, Request, Response } from 'express';

export function log(req: Request, res: Response, next: NextFunction): void {
  res.setHeader('x-path', req.path);
  next();
}
`;

const tsconfig = `${JSON.stringify(
  {
    compilerOptions: {
      target: 'ES2022',
      module: 'CommonJS',
      moduleResolution: 'node',
      outDir: 'dist',
      rootDir: 'src',
      esModuleInterop: true,
      skipLibCheck: true,
      types: ['node'],
      strict: true,
    },
    include: ['src'],
  },
  undefined,
  2,
)}\n`;

interface Way {
  readonly name: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly adds: readonly string[];
  readonly builds?: Recipe['builds'];
  readonly files?: Readonly<Record<string, string>>;
  readonly by?: Exclude<Project['by'], undefined>;
  readonly command?: string;
  readonly config?: string;
  /** It is not the first time that it is started. */
  readonly built?: true;
  readonly ci?: true;
}

const typescript = ['express', 'typescript', '@types/node', '@types/express'];

function row({ name, scripts, adds, builds, files, by, command, config, built, ci }: Way): Recipe {
  return {
    name,
    project: {
      adds: [...typescript, ...adds],
      ...(by && { by }),
      ...(built && { then: [['node_modules/.bin/tsc']] }),
      files: {
        'package.json': `${JSON.stringify({ name: 'app', version: '1.0.0', private: true, scripts }, undefined, 2)}\n`,
        'tsconfig.json': tsconfig,
        'src/index.ts': index,
        'src/routes/books.ts': books,
        'src/log.ts': log,
        ...files,
      },
    },
    shown: adds[0] ?? 'typescript',
    command: command ?? 'npm run dev',
    ...(builds && { builds }),
    get: ['/', '/books'],
    post: { path: '/books', headers: { 'Content-Type': 'application/json' }, body: '{"title":"{n}"}' },
    saves: {
      entry: 'src/index.ts',
      route: 'src/routes/books.ts',
      deep: 'src/log.ts',
      config: config ?? 'tsconfig.json',
    },
    ...(ci && { ci }),
  };
}

const dev = (script: string): Record<string, string> => ({ dev: script });
const toFiles = 'dist/routes/books.js';
const toBundle = 'dist/index.js';
const swc = 'swc src -d dist --strip-leading-paths';

const ways: readonly Way[] = [
  {
    name: 'tsc-watch',
    scripts: dev('tsc-watch --onSuccess "node dist/index.js"'),
    adds: ['tsc-watch'],
    builds: { by: /tsc-watch|typescript\/lib\/tsc/, to: toFiles },
  },
  {
    name: 'concurrently',
    scripts: dev('concurrently -k "tsc -w --preserveWatchOutput" "nodemon --watch dist dist/index.js"'),
    adds: ['concurrently', 'nodemon'],
    // nodemon does not start what is not there.
    built: true,
    builds: { by: /tsc -w/, to: toFiles },
    config: 'package.json',
  },
  {
    name: 'tsc-concurrently',
    scripts: dev('tsc && concurrently "tsc -w" "node --watch dist/index.js"'),
    adds: ['concurrently'],
    builds: { by: /tsc -w/, to: toFiles },
  },
  {
    name: 'run-p',
    scripts: {
      predev: 'tsc',
      dev: 'run-p dev:*',
      'dev:build': 'tsc -w --preserveWatchOutput',
      'dev:run': 'nodemon --watch dist dist/index.js',
    },
    adds: ['npm-run-all2', 'nodemon'],
    builds: { by: /tsc -w/, to: toFiles },
    config: 'package.json',
  },
  {
    name: 'swc',
    scripts: dev(`${swc} && concurrently "${swc} -w" "nodemon --watch dist dist/index.js"`),
    adds: ['@swc/cli', '@swc/core', 'chokidar', 'concurrently', 'nodemon'],
    builds: { by: /swc src .* -w/, to: toFiles },
    files: {
      '.swcrc': '{ "jsc": { "parser": { "syntax": "typescript" } }, "module": { "type": "commonjs" } }\n',
    },
    config: 'package.json',
  },
  {
    name: 'tsup',
    scripts: dev('tsup src/index.ts --format cjs --watch src --onSuccess "node dist/index.js"'),
    adds: ['tsup'],
    builds: { by: /tsup/, to: toBundle },
    config: 'package.json',
  },
  {
    name: 'esbuild',
    scripts: {
      dev: 'npm run build && concurrently "npm run build -- --watch=forever" "node --watch dist/index.js"',
      build: 'esbuild src/index.ts --bundle --platform=node --packages=external --outfile=dist/index.js',
    },
    adds: ['esbuild', 'concurrently'],
    builds: { by: /bin\/esbuild .*--watch/, to: toBundle },
    config: 'package.json',
  },
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
  { name: 'tsx-watch', scripts: dev('tsx watch src/index.ts'), adds: ['tsx'], ci: true },
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

export const commands: readonly Recipe[] = ways.map(row);
