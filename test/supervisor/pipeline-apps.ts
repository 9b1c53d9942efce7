/** Dev commands that build, as their tools' own guides write them, around one small TypeScript server. */
import { npmPackages } from '../tools/npm-packages.mts';

export interface PipelineApp {
  readonly scripts: Readonly<Record<string, string>>;
  /** Besides the server's own. */
  readonly files?: Readonly<Record<string, string>>;
  readonly builders: readonly string[];
  readonly steps?: readonly string[];
  readonly companions?: readonly string[];
}

/** What is saved. */
export const source = 'src/answer.ts';
export const answer = (text: string): string => `export const answer: string = '${text}';\n`;

/** Refused by all. */
export const broken = `${answer('broken')}export const more: number = = 1;\n`;
export const brokenLine = 2;

export const files: Readonly<Record<string, string>> = {
  'tsconfig.json': JSON.stringify({
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
      ignoreDeprecations: '5.0',
    },
    include: ['src'],
  }),
  'src/answer.ts': answer('v1'),
  'src/index.ts': `
import http from 'node:http';
import { answer } from './answer';
http.createServer((_, response) => response.end(answer)).listen(Number(process.env['PORT']));
`,
};

const nest: Readonly<Record<string, string>> = {
  'nest-cli.json':
    '{"collection":"@nestjs/schematics","sourceRoot":"src","compilerOptions":{"deleteOutDir":true}}',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'commonjs',
      declaration: true,
      emitDecoratorMetadata: true,
      experimentalDecorators: true,
      target: 'ES2021',
      sourceMap: true,
      outDir: './dist',
      baseUrl: './',
      incremental: true,
      skipLibCheck: true,
      ignoreDeprecations: '5.0',
      types: ['node'],
    },
  }),
  'tsconfig.build.json':
    '{"extends":"./tsconfig.json","exclude":["node_modules","test","dist","**/*spec.ts"]}',
  'src/index.ts': 'export {};\n',
  'src/app.controller.ts': `
import { Controller, Get } from '@nestjs/common';
import { answer } from './answer';
@Controller()
export class AppController {
  @Get()
  say(): string {
    return answer;
  }
}
`,
  'src/main.ts': `
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { AppController } from './app.controller';
@Module({ controllers: [AppController] })
class AppModule {}
void NestFactory.create(AppModule).then((app) => app.listen(process.env['PORT'] ?? 3000));
`,
};

export const pipelines: Readonly<Record<string, PipelineApp>> = {
  'nest start --watch': {
    scripts: { dev: 'nest start --watch' },
    files: nest,
    builders: ['nest'],
  },
  'tsc-watch --onSuccess': {
    scripts: { dev: 'tsc-watch --onSuccess "node dist/index.js"' },
    builders: ['tsc-watch'],
  },
  'concurrently, nodemon': {
    scripts: {
      dev: 'concurrently -k "tsc -w --preserveWatchOutput" "nodemon --watch dist dist/index.js"',
    },
    builders: ['tsc'],
  },
  'tsc, then concurrently, node --watch': {
    scripts: { dev: 'tsc && concurrently "tsc -w" "node --watch dist/index.js"' },
    builders: ['tsc'],
    steps: ['tsc'],
  },
  'npm run build, then node': {
    scripts: { dev: 'npm run build && node dist/index.js', build: 'tsc' },
    builders: ['tsc'],
  },
  'run-p of scripts, with a companion': {
    scripts: {
      dev: 'run-p dev:*',
      'dev:build': 'tsc -w',
      'dev:server': 'wait-on dist/index.js && cross-env A=1 nodemon dist/index.js',
      'dev:ui': 'vite --port 0 --logLevel silent',
    },
    builders: ['tsc'],
    companions: ['vite'],
    steps: ['wait-on'],
  },
  'swc, then swc --watch beside nodemon': {
    scripts: {
      dev: 'swc src -d dist --strip-leading-paths && concurrently "swc src -d dist --strip-leading-paths -w" "nodemon --watch dist dist/index.js"',
    },
    files: { '.swcrc': '{"module":{"type":"commonjs"},"jsc":{"parser":{"syntax":"typescript"}}}' },
    builders: ['swc'],
    steps: ['swc'],
  },
  'esbuild --watch beside node --watch': {
    scripts: {
      dev: 'npm run build && npm run build -- --watch & node --watch dist/index.js',
      build: 'esbuild src/index.ts --bundle --platform=node --outdir=dist',
    },
    builders: ['esbuild'],
  },
  'tsup --onSuccess': {
    scripts: { dev: 'tsup src/index.ts --watch src --onSuccess "node dist/index.js"' },
    builders: ['tsup'],
  },
};

/** Path of a `node_modules` with all that they run. */
export function pipelinePackages(): Promise<string> {
  return npmPackages('pipelines', [
    'typescript@5',
    '@types/node@20',
    'tsc-watch@7',
    'concurrently@9',
    'nodemon@3',
    'npm-run-all2@8',
    'wait-on@9',
    'cross-env@10',
    '@swc/cli@0.8',
    '@swc/core@1',
    'esbuild@0.28',
    'tsup@8',
    'vite@7',
    '@nestjs/cli@11',
    '@nestjs/common@11',
    '@nestjs/core@11',
    '@nestjs/platform-express@11',
    'reflect-metadata@0.2',
    'rxjs@7',
  ]);
}
