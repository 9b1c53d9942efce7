/** The build tools that there are, as data; their output was recorded with the versions of 2026. */
import type { Builder, Says } from './builder.ts';

const typescript: Says = {
  begins: /Starting compilation in watch mode|Starting incremental compilation/,
  ends: /Found 0 errors\. Watching for file changes/,
  fails: /Found [1-9]\d* errors?\. Watching for file changes/,
};
const swc: Says = { ends: /Successfully compiled/, fails: /^\s*[x×] |Failed to compile/ };
const webpack: Says = { ends: /compiled (successfully|with \d+ warning)/, fails: /compiled with \d+ error/ };
const rollup: Says = { begins: /^bundles /, ends: /waiting for changes/, fails: /^\[!\] / };
const vite: Says = {
  begins: /^build started/,
  ends: /\bbuilt in \d/,
  fails: /^Build failed with|^error during build/,
};
const tsup: Says = {
  begins: /Build start\b/,
  ends: /Build success in/,
  fails: /Build failed/,
  several: true,
};

const tsdown: Says = {
  begins: /Build start\b|changed, rebuilding/,
  ends: /(?:Rebuilt|Build complete) in \d/,
  fails: /^\s*ERROR\s+Error: Build failed/,
};

/** A flag as one of its names, also as `--watch=forever` or `--watch.include`. */
function has(args: readonly string[], ...names: readonly string[]): boolean {
  return args.some((arg) => names.includes(arg.replace(/[=.].*$/, '')));
}

function byFlags(
  name: string,
  says: Says,
  { watch = ['-w', '--watch'], check = [] as readonly string[] } = {},
): Builder {
  return { name, says, run: (args) => ({ watches: has(args, ...watch), writes: !has(args, ...check) }) };
}

/** One that can run a command after each good build. */
function running(builder: Builder, ...flags: readonly string[]): Builder {
  return {
    ...builder,
    run: (args) => {
      const index = args.findIndex((arg) => flags.includes(arg.replace(/=.*$/, '')));
      const run = builder.run(args);
      if (index < 0) return run;
      const inline = /^[^=]+=([^]*)$/.exec(args[index] ?? '')?.[1];
      const onSuccess = inline ?? args[index + 1] ?? '';
      const without = args.filter((_, at) => at !== index && (inline !== undefined || at !== index + 1));
      return { ...run, onSuccess, without };
    },
  };
}

const always = (builder: Builder): Builder => ({
  ...builder,
  run: (args) => ({ ...builder.run(args), watches: true }),
});
/** Only with this subcommand. */
const sub = (builder: Builder, name: string): Builder => ({
  ...builder,
  run: (args) => {
    const run = builder.run(args);
    return { ...run, watches: run.watches && args[0] === name };
  },
});

const noEmit = { check: ['--noEmit', '--listFilesOnly', '--showConfig'] };

/** By program. */
export const tools: Readonly<Record<string, Builder>> = {
  tsc: byFlags('tsc', typescript, noEmit),
  // LoopBack's.
  'lb-tsc': byFlags('tsc', typescript, noEmit),
  'tsc-watch': running(always(byFlags('tsc-watch', typescript, noEmit)), '--onSuccess'),
  nest: sub(byFlags('nest', joined(typescript, swc, webpack)), 'build'),
  swc: byFlags('swc', swc),
  esbuild: byFlags('esbuild', {
    begins: /\[watch\] build started/,
    ends: /\[watch\] build finished/,
  }),
  tsup: running(byFlags('tsup', tsup), '--onSuccess', '--on-success'),
  tsdown: running(byFlags('tsdown', tsdown), '--onSuccess', '--on-success'),
  rollup: byFlags('rollup', rollup),
  rolldown: byFlags('rolldown', {}),
  webpack: byFlags('webpack', webpack, { watch: ['-w', '--watch', 'watch', 'w'] }),
  rspack: byFlags('rspack', webpack),
  // After an error it says so of 0 files.
  babel: byFlags('babel', { ends: /Successfully compiled [1-9]\d* files? with Babel/ }),
  vite: sub(byFlags('vite', vite), 'build'),
  parcel: byFlags('parcel', {}, { watch: ['watch'] }),
  ncc: byFlags('ncc', {}),
  'tsc-alias': byFlags('tsc-alias', { follows: true }),
  gulp: byFlags('gulp', {}, { watch: ['watch'] }),
};

/** A tool that hands the work to another. */
function joined(...all: readonly Says[]): Says {
  const any = (key: 'begins' | 'ends' | 'fails'): RegExp =>
    new RegExp(all.flatMap((says) => says[key]?.source ?? []).join('|'));
  return { begins: any('begins'), ends: any('ends'), fails: any('fails') };
}
