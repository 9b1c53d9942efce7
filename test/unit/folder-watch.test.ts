import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { FolderWatch } from '../../src/supervisor/disk/folder-watch.ts';

/** Watches `lib` of an empty folder, and collects what it tells until it has told it. */
function start(t: TestContext, exists = true) {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'hs-')));
  const lib = path.join(root, 'a', 'lib');
  if (exists) mkdirSync(lib, { recursive: true });
  const told: string[] = [];
  let look = (): void => undefined;
  const tell = (what: string): void => {
    told.push(what);
    look();
  };
  const watch = new FolderWatch(lib, {
    changed: (file) => tell(path.relative(lib, file)),
    replaced: () => tell('replaced'),
    failed: (error) => tell(String(error)),
  });
  const alive = setInterval(() => undefined, 1000); // a watch alone keeps no process
  t.after(() => {
    clearInterval(alive);
    watch.close();
    rmSync(root, { recursive: true });
  });
  const tells = (what: string): Promise<void> =>
    new Promise((resolve) => {
      look = () => told.includes(what) && resolve();
      look();
    });
  return { root, lib, told, tells };
}

test('tells of files that are made, written, moved in and removed', async (t) => {
  const { root, lib, told, tells } = start(t);
  writeFileSync(path.join(lib, 'made'), '1');
  await tells('made');
  writeFileSync(path.join(root, 'other'), '1');
  renameSync(path.join(root, 'other'), path.join(lib, 'moved'));
  await tells('moved');
  told.length = 0;
  writeFileSync(path.join(lib, 'made'), '2');
  await tells('made');
  rmSync(path.join(lib, 'moved'));
  await tells('moved');
});

test('finds the folder again that was removed and made anew', async (t) => {
  const { root, lib, tells, told } = start(t);
  rmSync(path.join(root, 'a'), { recursive: true });
  mkdirSync(lib, { recursive: true });
  await tells('replaced');
  told.length = 0;
  writeFileSync(path.join(lib, 'made'), '');
  await tells('made');
});

test('finds the folder that another one replaced', async (t) => {
  const { root, lib, tells, told } = start(t);
  mkdirSync(path.join(root, 'new'));
  renameSync(lib, path.join(root, 'old'));
  renameSync(path.join(root, 'new'), lib);
  await tells('replaced');
  told.length = 0;
  writeFileSync(path.join(lib, 'made'), '');
  await tells('made');
});

test('waits for a folder that is not there yet', async (t) => {
  const { lib, tells } = start(t, false);
  mkdirSync(lib, { recursive: true });
  await tells('replaced');
  writeFileSync(path.join(lib, 'made'), '');
  await tells('made');
});
