/** What the extension host runs: every `*.test.js` bundle beside this one, with Mocha. test/editor/run.mts bundles it. */
import { readdirSync, writeFileSync } from 'node:fs';
import { findSourceMap } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Mocha from 'mocha';

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true); // for `inTypeScript`; must come before the tests are loaded
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 600_000,
    color: true,
    ...(process.env['HOT_SWAP_TEST_GREP'] ? { grep: process.env['HOT_SWAP_TEST_GREP'] } : {}),
    forbidOnly: process.env['CI'] !== undefined,
  });
  const tests = readdirSync(__dirname).filter((file) => file.endsWith('.test.js'));
  for (const file of tests.sort()) mocha.addFile(join(__dirname, file));

  const counts = await new Promise<TestCounts>((done) => {
    const runner = mocha.run((failed) => {
      done({ passed: runner.stats?.passes ?? 0, failed, skipped: runner.stats?.pending ?? 0 });
    });
    runner.on('fail', (_test, error: unknown) => {
      if (error instanceof Error && error.stack !== undefined) error.stack = inTypeScript(error.stack);
      // Mocha would tell at the very end, to which a run that is ended does not come.
      console.log(error instanceof Error ? error.stack : error);
    });
  });
  const resultFile = process.env['HOT_SWAP_TEST_RESULT'];
  if (resultFile !== undefined) writeFileSync(resultFile, JSON.stringify(counts));
  if (counts.failed > 0) throw new Error(`${counts.failed} failed`);
  if (counts.passed === 0) throw new Error('no test ran');
}

/** A stack with the places in the TypeScript files. Node would do it, were VS Code not to write stacks its own way. */
function inTypeScript(stack: string): string {
  return stack.replace(/([^\s()]+\.js):(\d+):(\d+)/g, (place, file: string, line: string, column: string) => {
    const entry = findSourceMap(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !('originalSource' in entry)) return place;
    return `${fileURLToPath(entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}
