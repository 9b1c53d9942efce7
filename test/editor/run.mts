/**
 * Runs test/editor/suite/*.test.ts inside a real VS Code:
 *
 *     node --import tsx test/editor/run.mts [parts of file names] [--grep=part of a test's name]
 *
 * On an ordinary machine that is the desktop VS Code, downloaded by @vscode/test-electron. Without a display, or
 * where the download fails, it is the VS Code of test/tools. `HOT_SWAP_TEST_VSCODE=web|desktop` decides otherwise.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { writeCodeShim } from '../tools/code-shim-executable.mts';
import { atTheEnd, removeFolder } from '../tools/leave-nothing-behind.mts';
import type { TestCounts } from '../tools/mocha-in-vscode.ts';
import { root } from '../tools/root.mts';
import { useOwnRuntimeFolder } from '../tools/runtime-folder.mts';
import { copySample } from '../tools/sample-workspace.mts';

const bundles = join(root, 'dist', 'test', 'editor');
const scratch = mkdtempSync(join(tmpdir(), 'hs-')); // short: VS Code puts Unix sockets into its user data folder
const resultFile = join(scratch, 'result.json');

useOwnRuntimeFolder();
const { values, positionals } = parseArgs({ options: { grep: { type: 'string' } }, allowPositionals: true });
await bundle(positionals);
const sample = await copySample();
atTheEnd(() => {
  sample.remove();
  removeFolder(scratch);
});
// @vscode/test-electron takes VS Code down with it on SIGINT only.
process.on('SIGTERM', () => process.emit('SIGINT', 'SIGINT'));
const problem = await runInVSCode();
const counts = readCounts();
if (problem !== undefined) console.error(problem);
if (counts === undefined) console.error('The tests did not come to their end.');
else console.log(summary(counts));
process.exit(problem === undefined && counts?.failed === 0 && counts.passed > 0 ? 0 : 1);

/** One bundle a test file, and `index.js` that runs them: the extension host loads no TypeScript. */
async function bundle(parts: readonly string[]): Promise<void> {
  const suite = join(root, 'test', 'editor', 'suite');
  const isMeant = (file: string): boolean => parts.length === 0 || parts.some((part) => file.includes(part));
  const tests = readdirSync(suite).filter((file) => file.endsWith('.test.ts') && isMeant(file));
  rmSync(bundles, { recursive: true, force: true });
  await build({
    entryPoints: [
      { in: join(root, 'test', 'tools', 'mocha-in-vscode.ts'), out: 'index' },
      ...tests.map((file) => ({ in: join(suite, file), out: file.replace(/\.ts$/, '') })),
    ],
    outdir: bundles,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

/** The error that ended the run, if it was no success. */
async function runInVSCode(): Promise<unknown> {
  try {
    await runTests({
      vscodeExecutablePath: await executable(),
      extensionDevelopmentPath: root,
      extensionTestsPath: join(bundles, 'index.js'),
      extensionTestsEnv: {
        HOT_SWAP_TEST_WORKSPACE: sample.folder,
        HOT_SWAP_TEST_PORT: String(sample.port),
        HOT_SWAP_TEST_RESULT: resultFile,
        HOT_SWAP_TEST_GREP: values.grep ?? '',
      },
      launchArgs: [
        sample.folder,
        `--user-data-dir=${join(scratch, 'user')}`,
        `--extensions-dir=${join(scratch, 'extensions')}`,
      ],
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}

async function executable(): Promise<string> {
  const wish = process.env['HOT_SWAP_TEST_VSCODE'];
  const hasDisplay = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  if (wish === 'desktop' || (wish !== 'web' && hasDisplay)) {
    try {
      return await downloadAndUnzipVSCode({ cachePath: join(root, '.vscode-test') });
    } catch (error) {
      if (wish === 'desktop') throw error;
      console.log(
        `The desktop VS Code can't be downloaded (${String(error)}): taking the one for the browser.`,
      );
    }
  }
  return writeCodeShim(scratch);
}

function readCounts(): TestCounts | undefined {
  try {
    return JSON.parse(readFileSync(resultFile, 'utf8')) as TestCounts;
  } catch {
    return undefined;
  }
}

function summary({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
