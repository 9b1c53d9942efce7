/** What is told of the ES modules that a process loads, and that nothing slower than that is done for it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { root } from '../tools/root.mts';

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'hot-swap-hooks-')));
after(() => rmSync(folder, { recursive: true }));

const write = (file: string, text: string): string => {
  const at = path.join(folder, file);
  mkdirSync(path.dirname(at), { recursive: true });
  writeFileSync(at, text);
  return at;
};

/** Prints what it was told when its process ends, by names in the folder. */
const watcher = (() => {
  const outfile = path.join(folder, 'watcher.cjs');
  buildSync({
    stdin: {
      contents: `
        import { isMainThread } from 'node:worker_threads';
        import { watchEsModules } from './module-hooks.ts';
        if (isMainThread) {
          const missing = [];
          const resolved = watchEsModules({ seeks: (file) => missing.push(file) }, undefined);
          const short = (url) => url?.replace(/^.*[/](?=[^/]*$)/, '');
          process.on('exit', () => console.log(JSON.stringify({
            resolved: resolved().map(({ from, url }) => [short(from) ?? '', short(url)]),
            missing: missing.map(short),
            asksThread: process.moduleLoadList.includes('NativeModule internal/modules/esm/hooks'),
          })));
        }`,
      resolveDir: path.join(root, 'src/runtimes/node/preload/modules'),
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
  });
  return outfile;
})();

interface Told {
  readonly resolved: readonly (readonly [from: string, url: string])[];
  readonly missing: readonly string[];
  readonly asksThread: boolean;
}

async function run(main: string): Promise<{ readonly printed: readonly string[]; readonly told: Told }> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--require', watcher, main]);
  const lines = stdout.trimEnd().split('\n');
  return { printed: lines.slice(0, -1), told: JSON.parse(lines.at(-1) ?? '') as Told };
}

write('a.mjs', `import './b.mjs'; export { value } from './c.cjs';`);
write('b.mjs', `import fs from 'node:fs'; export default fs;`);
write('c.cjs', `exports.value = 'c';`);

describe('the ES modules that a process loads', () => {
  it('are told in their order, with who imports them, without a thread of hooks', async () => {
    const main = write(
      'main.mjs',
      `import { value } from './a.mjs'; console.log(value, import.meta.resolve('./b.mjs').endsWith('b.mjs'));
       await import('./b.mjs');
       await import('./absent.mjs').catch(({ code, stack }) => console.log(code, stack.includes('watcher.cjs')));`,
    );
    const { printed, told } = await run(main);
    assert.deepEqual(printed, ['c true', 'ERR_MODULE_NOT_FOUND false']);
    const all = told.resolved.map(([from, url]) => `${from} ${url}`);
    assert.deepEqual(all.slice(0, 3), [' main.mjs', 'main.mjs a.mjs', 'a.mjs b.mjs']);
    assert.ok(all.includes('a.mjs c.cjs') && all.includes('b.mjs node:fs'), all.join(', '));
    assert.deepEqual(told.missing, ['absent.mjs']);
    assert.equal(told.asksThread, false);
  });

  it('are told on when the app registers hooks of its own', async () => {
    write(
      'hooks.mjs',
      `export const resolve = (specifier, context, next) =>
         next(specifier === 'virtual' ? new URL('b.mjs', import.meta.url).href : specifier, context);`,
    );
    const main = write(
      'hooked.mjs',
      `import { register } from 'node:module'; register('./hooks.mjs', import.meta.url);
       await import('virtual'); console.log((await import('./a.mjs')).value);`,
    );
    const { printed, told } = await run(main);
    assert.deepEqual(printed, ['c']);
    const all = told.resolved.map(([from, url]) => `${from} ${url}`);
    for (const one of [' hooked.mjs', 'hooked.mjs b.mjs', 'hooked.mjs a.mjs', 'a.mjs c.cjs'])
      assert.equal(all.filter((other) => other === one).length, 1, `${one} of ${all.join(', ')}`);
  });
});
