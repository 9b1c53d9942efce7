/** `npm run package`: the VSIX, and proof that it is small and holds only what is needed. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { createVSIX, listFiles } from '@vscode/vsce';

const root = path.resolve(import.meta.dirname, '../..');
const limits = { vsix: 500 * 1024, extension: 200 * 1024 };
const expected = [
  'LICENSE',
  'README.md',
  'dist/cli.js',
  'dist/extension.js',
  'dist/front.js',
  'dist/later.js',
  'dist/preload.js',
  'dist/python/sitecustomize.py',
  'dist/rest.js',
  'dist/compile.js',
  'dist/detect.js',
  'dist/rpc.js',
  'dist/ruby/hot_swap_adapter.rb',
  'dist/serving.js',
  'dist/supervisor.js',
  'dist/timeline.js',
  'l10n/bundle.l10n.de.json',
  'media/icon.png',
  'media/screenshot.png',
  'media/timeline.css',
  'media/view.svg',
  'media/walkthrough/back.png',
  'media/walkthrough/timeline.png',
  'media/walkthrough/view.png',
  'package.json',
  'package.nls.de.json',
  'package.nls.json',
];

const files = (await listFiles({ cwd: root })).sort();
console.log(files.join('\n'));
/** Python and Ruby are not bundled. */
const isAdapter = (file: string): boolean => /^dist\/(?:python\/[\w/]+\.py|ruby\/[\w/]+\.rb)$/.test(file);
const surplus = files.filter((file) => !expected.includes(file) && !isAdapter(file));
const missing = expected.filter((file) => !files.includes(file));
if (surplus.length > 0) fail(`not needed in the VSIX: ${surplus.join(', ')}`);
if (missing.length > 0) fail(`missing from the VSIX: ${missing.join(', ')}`);

const packagePath = path.join(root, 'hot-swap.vsix');
await createVSIX({
  cwd: root,
  packagePath,
  dependencies: false,
  skipLicense: true,
  rewriteRelativeLinks: false, // the picture is in the package
  allowMissingRepository: true,
});
check('hot-swap.vsix', statSync(packagePath).size, limits.vsix);
check('dist/extension.js', statSync(path.join(root, 'dist/extension.js')).size, limits.extension);
execFileSync('git', ['check-ignore', '-q', 'hot-swap.vsix'], { cwd: root }); // never committed

function check(name: string, bytes: number, limit: number): void {
  console.log(`${name}: ${(bytes / 1024).toFixed(1)} KB of ${limit / 1024} KB`);
  if (bytes > limit) fail(`${name} is too large`);
}

function fail(why: string): never {
  console.error(why);
  process.exit(1);
}
