/** One small Express app in TypeScript, to be started by each of the commands that people start such apps with. */
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

export const tsconfig = `${JSON.stringify(
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

export interface Way {
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

export function rowOf({ name, scripts, adds, builds, files, by, command, config, built, ci }: Way): Recipe {
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

export const dev = (script: string): Record<string, string> => ({ dev: script });
