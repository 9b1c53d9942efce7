/** Commands that build: something watches and writes, something else runs what is written. */
import type { Recipe } from '../recipe.mts';
import { dev, rowOf, tsconfig, type Way } from './typescript-app.mts';

const webpackConfig = `module.exports = {
  mode: 'development',
  target: 'node',
  entry: './src/index.ts',
  output: { filename: 'index.js' },
  externals: { express: 'commonjs express' },
  resolve: { extensions: ['.ts', '.js'] },
  module: { rules: [{ test: /\\.ts$/, use: 'ts-loader' }] },
};
`;

const rollupConfig = `import typescript from '@rollup/plugin-typescript';

export default {
  input: 'src/index.ts',
  output: { dir: 'dist', format: 'cjs' },
  external: ['express'],
  plugins: [typescript()],
};
`;

const babelConfig = `{
  "presets": [["@babel/preset-env", { "targets": { "node": "current" }, "modules": "commonjs" }], "@babel/preset-typescript"]
}
`;

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
    ci: true,
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
    name: 'webpack',
    scripts: {
      predev: 'webpack',
      dev: 'concurrently "webpack --watch" "nodemon --watch dist dist/index.js"',
    },
    adds: ['webpack', 'webpack-cli', 'ts-loader', 'concurrently', 'nodemon'],
    builds: { by: /webpack --watch/, to: toBundle },
    files: { 'webpack.config.js': webpackConfig },
    config: 'package.json',
  },
  {
    name: 'rollup',
    scripts: {
      'dev:build': 'rollup -c -w',
      'dev:run': 'wait-on dist/index.js && nodemon -w dist dist/index.js',
      dev: 'run-p dev:*',
    },
    adds: ['rollup', '@rollup/plugin-typescript', 'tslib', 'npm-run-all2', 'nodemon', 'wait-on'],
    builds: { by: /rollup -c -w/, to: toBundle },
    files: {
      'rollup.config.mjs': rollupConfig,
      'tsconfig.json': tsconfig.replace('"CommonJS"', '"ESNext"'),
    },
    config: 'package.json',
  },
  {
    name: 'babel',
    scripts: {
      build: 'babel src -d dist -x .ts',
      dev: 'npm run build && concurrently -n build,run "npm run build -- --watch" "node --watch dist/index.js"',
    },
    adds: [
      '@babel/cli',
      '@babel/core',
      '@babel/preset-env',
      '@babel/preset-typescript',
      'chokidar',
      'concurrently',
    ],
    builds: { by: /babel src .*--watch/, to: toFiles },
    files: { 'babel.config.json': babelConfig },
    config: 'package.json',
  },
  {
    name: 'vite-build',
    scripts: dev(
      'vite build --ssr src/index.ts && concurrently "vite build --ssr src/index.ts --watch" "nodemon -w dist --exec \'node dist/index.mjs\'"',
    ),
    adds: ['vite', 'concurrently', 'nodemon'],
    builds: { by: /vite build .*--watch/, to: 'dist/index.mjs' },
    config: 'package.json',
  },
  {
    name: 'tsdown',
    scripts: dev('tsdown src/index.ts --format cjs --watch src --on-success "node dist/index.cjs"'),
    adds: ['tsdown'],
    builds: { by: /tsdown/, to: 'dist/index.cjs' },
    config: 'package.json',
  },
  {
    name: 'nodemon-build',
    scripts: {
      build: 'tsc -p .',
      dev: 'nodemon --watch src --ext ts --exec "npm run build && node dist/index.js"',
    },
    adds: ['nodemon'],
  },
  {
    name: 'pnpm-run-all',
    scripts: {
      dev: 'pnpm build && run-p dev:build dev:run',
      build: 'tsc',
      'dev:build': 'tsc --watch --preserveWatchOutput',
      'dev:run': 'node --watch --env-file=.env dist/index.js',
    },
    adds: ['npm-run-all2'],
    by: 'pnpm',
    command: 'pnpm dev',
    builds: { by: /tsc --watch/, to: toFiles },
    files: { '.env': 'LOG_LEVEL=debug\n' },
    config: '.env',
  },
  {
    name: 'yarn-concurrently',
    scripts: {
      dev: 'yarn build && concurrently "yarn:watch:*"',
      build: 'tsc',
      'watch:build': 'tsc -w --preserveWatchOutput',
      'watch:run': 'cross-env LOG_LEVEL=debug nodemon dist/index.js',
    },
    adds: ['concurrently#9', 'cross-env', 'nodemon'],
    by: 'yarn',
    command: 'yarn dev',
    builds: { by: /tsc -w/, to: toFiles },
    config: 'package.json',
  },
];

export const builds: readonly Recipe[] = ways.map(rowOf);
