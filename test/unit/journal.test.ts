/** What processes tell of files, and what of it is the app's. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { entryLine, journalsOf, parseEntry, threadsJournalOf } from '../../src/runtimes/protocol/journal.ts';
import type { Deed, ProcessNote } from '../../src/runtimes/protocol/journal.ts';
import { filesOfAShell } from '../../src/runtimes/node/configuration.ts';
import { Journal } from '../../src/supervisor/generations/journal.ts';

function start(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-journal-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(journalsOf(folder));
  const file = path.join(journalsOf(folder), 'token');
  const tell = (pid: number, deed: Deed, about: string, to = file): void =>
    appendFileSync(to, entryLine({ pid, deed, about }));
  const begin = (pid: number, note: ProcessNote): void => tell(pid, 'process', JSON.stringify(note));
  return { folder, file, journal: new Journal(folder, 'token'), tell, begin };
}

describe('an entry', () => {
  it('is a line, whatever the path', () => {
    for (const about of ['/a b', '/ä', '/x  R /y']) {
      const line = entryLine({ pid: 7, deed: 'reads', about });
      assert.deepEqual(parseEntry(line.trimEnd()), { pid: 7, deed: 'reads', about });
    }
    assert.equal(entryLine({ pid: 7, deed: 'reads', about: '/a\nb' }), '');
    assert.equal(parseEntry('7 ? /a'), undefined);
  });
});

describe('a journal', () => {
  it('has what the server, its helpers and the programs in front of it did, each by what it is', (t) => {
    const { journal, tell, begin } = start(t);
    begin(1, { by: [], own: false }); // npm
    begin(2, { by: [1], own: true }); // the server
    begin(3, { by: [1, 2], own: true }); // its child
    begin(4, { by: [1, 2], own: false }); // a tool that it calls
    begin(5, { by: [1], own: false }); // tsc, which ran before
    for (const pid of [1, 2, 3, 4, 5]) {
      tell(pid, 'reads', `/read-by-${String(pid)}`);
      tell(pid, 'writes', `/written-by-${String(pid)}`);
    }
    const { reads, writes, byWrappers } = journal.used([2]);
    assert.deepEqual([...reads], ['/read-by-1', '/read-by-2', '/read-by-3']);
    assert.deepEqual([...writes], ['/written-by-2', '/written-by-3', '/written-by-4']);
    assert.deepEqual([...byWrappers], ['/read-by-1']);
  });

  it('tells by when a file had been read, of those that say it', (t) => {
    const { journal, tell, begin } = start(t);
    begin(1, { by: [], own: true });
    tell(1, 'reads', '/unsaid');
    tell(1, 'told', '5');
    tell(1, 'reads', '/a');
    tell(1, 'told', '7.5');
    tell(1, 'reads', '/b');
    tell(1, 'reads', '/a');
    assert.deepEqual(
      [...journal.used([1]).readBy],
      [
        ['/a', 5],
        ['/b', 7.5],
      ],
    );
  });

  it('of a generation that never served has what all its processes looked for', (t) => {
    const { journal, tell, begin } = start(t);
    begin(1, { by: [], own: false });
    begin(2, { by: [1], own: true });
    tell(1, 'seeks', '/a');
    tell(2, 'needs', '/b');
    const { seeks, needs } = journal.used([]);
    assert.deepEqual([[...seeks], [...needs]], [['/a'], ['/b']]);
  });

  it('has what threads did, and no half of a line', (t) => {
    const { folder, file, journal, tell, begin } = start(t);
    begin(2, { by: [], own: true });
    tell(2, 'reads', '/by-thread', threadsJournalOf(journalsOf(folder), 2));
    appendFileSync(file, '2 R /ha');
    assert.deepEqual([...journal.used([2]).reads], ['/by-thread']);
    appendFileSync(file, 'lf\n');
    assert.deepEqual([...journal.used([2]).reads].sort(), ['/by-thread', '/half']);
  });

  it('knows of what it reads, writes and watches', (t) => {
    const { journal, tell, begin } = start(t);
    begin(2, { by: [], own: true });
    tell(2, 'watches', '/data');
    for (const file of ['/data/db.json', '/data/read.json', '/other/db.json']) tell(2, 'reads', file);
    for (const file of ['/data/db.json', '/data/log.txt', '/other/db.json']) tell(2, 'writes', file);
    assert.deepEqual([...journal.used([2]).shared], ['/data/db.json']);
    tell(2, 'rereads', '/data/db.json');
    assert.deepEqual([...journal.used([2]).shared], ['/data/db.json']);
  });

  it('forgets what is read each time', (t) => {
    const { journal, tell, begin } = start(t);
    begin(2, { by: [], own: true });
    tell(2, 'reads', '/page');
    assert.deepEqual([...journal.used([2]).reads], ['/page']);
    tell(2, 'rereads', '/page');
    assert.deepEqual([...journal.used([2]).reads], []);
  });
});

it('env files and scripts of a shell are known among the words of a command', () => {
  const found = (command: string): string[] => filesOfAShell(command);
  assert.deepEqual(found('export $(cat config/dev.env | xargs) && node server.js'), ['config/dev.env']);
  assert.deepEqual(found('set -a; . ./.env.local; node x'), ['./.env.local']);
  assert.deepEqual(found('env-cmd -f .env-cmdrc node x'), ['.env-cmdrc']);
  assert.deepEqual(found('sh -x bin/dev.sh --fast'), ['bin/dev.sh']);
  assert.deepEqual(found('cross-env NODE_ENV=development node environment.js'), []);
});
