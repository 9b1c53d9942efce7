/** Adapters keep the protocol, and one that does not is found out. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { faults } from '../conformance/broken.mts';
import { conformance, names } from '../conformance/conformance.mts';
import { onlyInAll } from '../tools/everything.mts';
import { lacksPython, python } from '../tools/python.mts';
import { root } from '../tools/root.mts';
import { lacksRuby, ruby } from '../tools/ruby.mts';
import { httpServer } from './python-apps.ts';
import { webrick } from './ruby-apps.ts';

const small = path.join(root, 'test', 'conformance', 'adapters', 'small.py');
const nodeServer = `require('node:http').createServer((_, answer) => answer.end('hi')).listen(process.env.PORT)`;

async function failuresOf(command: readonly string[], only?: readonly string[]): Promise<readonly string[]> {
  const results = await Promise.all(conformance(command, only));
  return results.flatMap(({ name, fails }) => (fails === undefined ? [] : `${name}: ${fails}`));
}

/** In a folder of its own. */
function written(t: TestContext, name: string, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, file), text);
  return path.join(folder, name);
}

describe('conformance', () => {
  it("of Node's adapter", async () => {
    assert.deepEqual(await failuresOf([process.execPath, '-e', nodeServer]), []);
  });

  it("of Python's adapter", { skip: lacksPython() ?? false }, async (t) => {
    assert.deepEqual(await failuresOf([python, written(t, 'server.py', httpServer.files('v1'))]), []);
  });

  it("of Ruby's adapter", { skip: lacksRuby('webrick') ?? onlyInAll.skip ?? false }, async (t) => {
    assert.deepEqual(await failuresOf([ruby, written(t, 'server.rb', webrick.files('v1'))]), []);
  });

  it('of one that has nothing of ours', { skip: lacksPython() ?? false }, async () => {
    assert.deepEqual(await failuresOf([python, '-I', small]), []);
  });

  it('is tried with a fault in each case', () => {
    assert.deepEqual(
      names.filter((name) => !faults.some((fault) => fault.name === name)),
      [],
    );
  });

  it('finds each fault', { skip: lacksPython() ?? onlyInAll.skip ?? false }, async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-test-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const text = readFileSync(small, 'utf8');
    await Promise.all(
      faults.map(async ({ name, from, to, found }, at) => {
        assert.ok(text.includes(from), from);
        const file = path.join(folder, `${String(at)}.py`);
        writeFileSync(file, text.replaceAll(from, to));
        const [fails = ''] = await failuresOf([python, '-I', file], [name]);
        assert.match(fails, found);
      }),
    );
  });
});
