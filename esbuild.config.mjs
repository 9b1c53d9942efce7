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

const bundles = [
  // The editor's own Node decides what the extension may use, the user's Node what the rest may.
  { ...common, target: 'node20', entryPoints: { extension: 'src/extension.ts' }, external: ['vscode'] },
  { ...common, target: 'node20', entryPoints: { supervisor: 'src/supervisor/main.ts' } },
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
  {
    ...common,
    target: 'node20',
    entryPoints: { cli: 'src/cli/main.ts' },
    banner: { js: '#!/usr/bin/env node' },
  },
];

// Python runs as it is written; what it compiled of it here is nobody's.
rmSync('dist/python', { recursive: true, force: true });
cpSync('src/runtimes/python/adapter', 'dist/python', {
  recursive: true,
  filter: (from) => !from.endsWith('__pycache__'),
});

if (process.argv.includes('--watch')) {
  for (const bundle of bundles) await (await context(bundle)).watch();
} else {
  await Promise.all(bundles.map((bundle) => build(bundle)));
}
