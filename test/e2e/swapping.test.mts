import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  answerToast,
  openFile,
  pickRow,
  problems,
  quickPickRows,
  replaceText,
  runCommand,
  save,
  toasts,
  tooltipLinks,
  tooltipText,
  typeOver,
} from '../tools/workbench.mts';
import { onlyInAll } from '../tools/everything.mts';
import { api, Stage } from './stage.mts';
import { untilTrue } from './until.mts';

describe('Saving a file in VS Code', () => {
  const stage = new Stage();

  // Both in one window: to open another takes longer than the story.
  it('goes on', async (t) => {
    const scene = await stage.open(t);
    const { page, indicator, item, port } = scene;

    await t.test(
      'deploys it: the next generation answers on the same port, and no client notices',
      async () => {
        await answerToast(
          page,
          'under Hot Swap? Saving will then swap it without dropping a request.',
          'Start',
        );
        const first = await scene.serves(1);
        assert.equal(first.spoken, `express-app: generation 1 serving on port ${port}`);

        const clients = scene.ask();
        await clients.sees(1);
        await openFile(page, 'version.js');
        await typeOver(page, 'v1', 'v2');
        await save(page);
        const second = await scene.serves(2);
        await clients.sees(2);
        await clients.sawNoSwap();

        assert.equal(second.spoken, `express-app: generation 2 serving on port ${port}`);
        const texts = indicator.frames.flat().map(({ text }) => text);
        const expected = ['Hot Swap', 'gen 1', `gen 1 :${port}`, 'gen 1 → 2', `gen 2 :${port}`];
        // A fast machine may leave some out: nothing else, and nothing twice.
        assert.deepEqual(
          texts,
          expected.filter((text) => texts.includes(text)),
        );

        const tooltip = await tooltipText(item);
        assert.match(
          tooltip,
          new RegExp(`express-app · gen 2 · localhost:${port} · pid \\d+ · up .* · swapped in .*\\d`),
        );
        const links = ['Swap Now', 'Show Handoff Log', 'Show Output', 'Open in Browser', 'Debug', 'Stop'];
        assert.deepEqual(await tooltipLinks(item), [`localhost:${port}`, ...links]);

        await scene.untilLogged(/gen 1 .*quit\. 0 lost\./);
        const log = scene.log();
        const block = log.slice(log.findIndex((line) => line.includes('swapping')));
        const shape = [
          /^\[info\] express-app: version\.js saved, swapping gen 1 for 2$/,
          /^\[info\] {3}\+\d+ ms +gen 2 (released from standby|booting)/,
          /^\[info\] {3}\+[\d.]+ m?s +gen 2 ready/,
          /^\[info\] {3}\+[\d.]+ m?s +gen 2 serves on :\d+ \(pid \d+\)\./,
          /^\[info\] express-app: gen 1 .*quit\. 0 lost\.$/,
        ];
        const found = shape.map((pattern) => block.findIndex((line) => pattern.test(line)));
        assert.ok(!found.includes(-1), `one block a swap:\n${block.join('\n')}`);
        assert.deepEqual(
          found,
          found.toSorted((a, b) => a - b),
          `in this order:\n${block.join('\n')}`,
        );
        assert.deepEqual(await toasts(page), []);
      },
    );

    await t.test(
      'that breaks the server leaves the older code serving, and says what is wrong and where',
      async () => {
        const clients = scene.ask();
        await clients.sees(2);

        const good = scene.read('routes/users.js');
        await openFile(page, 'routes/users.js');
        await replaceText(page, good.replace("router.get('/', ", "router.get('/', ] "));
        await save(page);
        const line = good.split('\n').findIndex((text) => text.startsWith("router.get('/', ")) + 1;

        await indicator.until({
          text: 'gen 2 (3 failed)',
          spoken: 'express-app: generation 3 failed to start, generation 2 still serves older code',
          icons: ['warning'],
          error: true,
        });
        const rows = (await problems(page)).filter((row) => row.includes('Hot Swap'));
        assert.equal(rows.length, 1);
        assert.match(rows[0]!, new RegExp(`SyntaxError: .*\\b(line|Ln) ${line}\\b`, 'i'));
        await clients.sees(2);
        assert.deepEqual(await toasts(page), []);
        assert.doesNotMatch(await tooltipText(item), /requests? waits?/, 'they went to the older code');
        await item.click();
        assert.equal((await quickPickRows(page))[0], 'Go to Error');
        await pickRow(page, 'Go to Error');
        await page.locator('.part.statusbar').getByText(`Ln ${line}, Col`).waitFor();
        await scene.untilLogged(
          /^\[error\] express-app: gen 3 failed to boot: SyntaxError in routes\/users\.js:\d+.* Gen 2 still serves/,
        );

        await openFile(page, 'routes/users.js');
        await replaceText(page, good);
        await save(page);
        await scene.serves(4);
        assert.deepEqual(
          (await problems(page)).filter((row) => row.includes('Hot Swap')),
          [],
        );
        await clients.sees(2);
        await clients.sawNoSwap();
      },
    );
  });

  it(
    'that does not compile changes nothing, and is in Problems; the next good build is swapped in',
    onlyInAll,
    async (t) => {
      const source = (more = ''): string => `${more}export const VERSION = 'v1';\n`;
      const compilerOptions = {
        module: 'commonjs',
        ignoreDeprecations: '6.0',
        outDir: '.',
        rootDir: 'src',
        types: [],
      };
      const settings = {
        'hotSwap.servers': [{ name: 'api', command: 'npx tsc -w & node --watch server.js' }],
        'hotSwap.autoStart': true,
      };
      const files = {
        'src/version.ts': source(),
        'tsconfig.json': JSON.stringify({ compilerOptions, include: ['src'], exclude: ['node_modules'] }),
      };
      const scene = await stage.open(t, settings, files);
      const { page, indicator, item } = scene;
      await scene.serves(1);
      const clients = scene.ask();
      await clients.sees(1);

      await openFile(page, 'src/version.ts');
      await replaceText(page, source("const port: number = 'three';\n"));
      await save(page);
      await indicator.until({ text: 'gen 1 (build failed)', icons: ['warning'], error: true });
      const rows = (await problems(page)).filter((row) => row.includes('Hot Swap'));
      assert.equal(rows.length, 1);
      assert.match(rows[0]!, /TS2322: .*\b(line|Ln) 1\b/i);
      assert.match(await tooltipText(item), /built by tsc/);
      await clients.sees(1);

      await openFile(page, 'src/version.ts');
      await replaceText(page, source().replace('v1', 'v2'));
      await save(page);
      await clients.sees(2);
      await indicator.until({ icons: ['arrow-swap'], error: false });
      assert.deepEqual(
        (await problems(page)).filter((row) => row.includes('Hot Swap')),
        [],
      );
      await clients.sawNoSwap();
    },
  );

  it('together with others, by Save All, is one swap', onlyInAll, async (t) => {
    const scene = await stage.open(t, { ...api, 'hotSwap.autoStart': true });
    const { page } = scene;
    await scene.serves(1);
    const clients = scene.ask();
    await openFile(page, 'lib/config.js');
    await typeOver(page, "default('Hello", "default('Goodbye");
    await openFile(page, 'version.js');
    await typeOver(page, 'v1', 'v2');
    await clients.sees(1);

    await runCommand(page, 'File: Save All Files');
    await scene.serves(2);
    await clients.sees(2);
    await openFile(page, 'version.js');
    await typeOver(page, "= 'v2", "= 'v3");
    await save(page);
    await scene.serves(3); // every attempt takes a number: there was none between
    await clients.sees(3);
    await clients.sawNoSwap();

    await scene.untilLogged(/swapping gen 2 for 3/);
    assert.deepEqual(causes(scene.log()), [
      'api: first start, starting gen 1',
      'api: 2 files saved, swapping gen 1 for 2',
      'api: version.js saved, swapping gen 2 for 3',
    ]);
  });

  it('by auto save deploys nothing, until it is saved by hand', onlyInAll, async (t) => {
    const autoSave = { 'files.autoSave': 'afterDelay', 'files.autoSaveDelay': 100 };
    const scene = await stage.open(t, { ...api, 'hotSwap.autoStart': true, ...autoSave });
    const { page } = scene;
    await scene.serves(1);
    const clients = scene.ask();
    await openFile(page, 'version.js');
    await typeOver(page, 'v1', 'v2');
    await untilTrue(() => scene.read('version.js').includes("VERSION = 'v2'"), 20_000);
    await typeOver(page, "= 'v2", "= 'v3");
    await untilTrue(() => scene.read('version.js').includes("VERSION = 'v3'"), 20_000);
    await openFile(page, 'README.md');
    await save(page);
    await scene.untilLogged(/README\.md saved, ignored/);
    await clients.sees(1);

    await openFile(page, 'version.js');
    await save(page);
    await scene.serves(2);
    await clients.sees(3);
    await clients.sawNoSwap();
    await scene.untilLogged(/swapping gen 1 for 2/);
    assert.deepEqual(causes(scene.log()), [
      'api: first start, starting gen 1',
      'api: README.md saved, ignored: gen 1 has not loaded it.',
      'api: version.js saved, swapping gen 1 for 2',
    ]);
  });
});

/** The lines that say what was made of a start or a save. */
function causes(log: readonly string[]): string[] {
  return log
    .filter((line) => /(starting|swapping) gen|ignored/.test(line))
    .map((line) => line.replace('[info] ', ''));
}
