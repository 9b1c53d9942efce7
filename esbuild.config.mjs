// Bundles what runs: the extension, the supervisor, the CLI, and what goes into users' servers.
import { cpSync, rmSync } from 'node:fs';
import { build, context } from 'esbuild';

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  outdir: 'dist',
  minify: !process.argv.includes('--dev'),
  keepNames: false,
  legalComments: 'none',
  sourcemap: process.argv.includes('--dev') ? 'linked' : false,
  logLevel: 'info',
  // Its main file is UMD, which hides from a bundler what it requires.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
};

/** src/editor/later.ts is a bundle of its own. */
const later = {
  name: 'later',
  setup: (build) =>
    build.onResolve({ filter: /\/later\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './later.js', external: true } : undefined,
    ),
};

/** What `later`, `supervisor` and `cli` have in common most of: once. */
const rpc = {
  name: 'rpc',
  setup: (build) =>
    build.onResolve({ filter: /^vscode-jsonrpc(?:\/node)?$/ }, () => ({ path: './rpc.js', external: true })),
};

const bundles = [
  // The editor's own Node decides what the extension may use, the user's Node what the rest may.
  {
    ...common,
    target: 'node20',
    entryPoints: { extension: 'src/extension.ts' },
    external: ['vscode'],
    plugins: [later],
  },
  {
    ...common,
    target: 'node20',
    entryPoints: { later: 'src/editor/later.ts' },
    external: ['vscode'],
    plugins: [rpc],
  },
  // Its entry for Node has all of the other one, too.
  { ...common, target: 'node20', entryPoints: { rpc: 'vscode-jsonrpc/node' } },
  { ...common, target: 'node20', entryPoints: { supervisor: 'src/supervisor/main.ts' }, plugins: [rpc] },
  { ...common, target: 'node20', entryPoints: { front: 'src/runtimes/front/thread.ts' } },
  {
    ...common,
    target: 'node20',
    entryPoints: {
      preload: 'src/runtimes/node/preload/main.ts',
      serving: 'src/runtimes/node/preload/joining/serving.ts',
      rest: 'src/runtimes/node/preload/rest/rest.ts',
    },
    // Instrumentation in the user's server watches what is required, and shall not see us.
    banner: {
      js: '{const b=process.getBuiltinModule,r=require;if(b)require=Object.assign((n)=>b(n)??r(n),r)}',
    },
  },
  { ...common, target: 'node20', entryPoints: { compile: 'src/runtimes/node/reload/compile.ts' } },
  {
    ...common,
    target: 'node20',
    entryPoints: { cli: 'src/cli/main.ts' },
    banner: { js: '#!/usr/bin/env node' },
    plugins: [rpc],
  },
];

bundles.push({
  ...common,
  // In the editor's webview, loaded when it is opened.
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  entryPoints: { timeline: 'src/page/main.ts' },
});

// These run as they are written; what Python compiled of it here is nobody's.
for (const runtime of ['python', 'ruby']) {
  rmSync(`dist/${runtime}`, { recursive: true, force: true });
  cpSync(`src/runtimes/${runtime}/adapter`, `dist/${runtime}`, {
    recursive: true,
    filter: (from) => !from.endsWith('__pycache__'),
  });
}

if (process.argv.includes('--watch')) {
  for (const bundle of bundles) await (await context(bundle)).watch();
} else {
  await Promise.all(bundles.map((bundle) => build(bundle)));
}
