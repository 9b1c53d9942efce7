/** The classic: programs that upgrade themselves over a pipe, by themselves and under Hot Swap. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { freePort } from '../tools/free-port.mts';
import { lacksPython, python } from '../tools/python.mts';
import { request, root, Running } from './running.ts';

const sample = (file: string, text: string): string =>
  readFileSync(path.join(root, 'test/samples/upgrade-loop', file), 'utf8').replace(
    'TEXT = "first text"',
    `TEXT = "${text}"`,
  );

interface Alone {
  readonly pid: number;
  readonly save: (text: string) => void;
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>;
}

/** Without Hot Swap; what it starts ends with the test, too. */
async function alone(t: TestContext, file: string, env: Record<string, string>): Promise<Alone> {
  const folder = mkdtempSync(path.join(tmpdir(), 'hot-swap-test-'));
  const save = (text: string): void => writeFileSync(path.join(folder, file), sample(file, text));
  save('first text');
  const child = spawn(python, [file], { cwd: folder, env: { ...process.env, ...env }, detached: true });
  let output = '';
  const waiting = new Set<() => void>();
  const hear = (text: string): void => {
    output += text;
    for (const look of waiting) look();
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  t.after(() => {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = pattern.exec(output);
        if (found === null) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  await printed(/first text/);
  return { pid: child.pid ?? 0, save, printed };
}

describe('a program that upgrades itself', { skip: lacksPython() ?? false }, () => {
  it('in a loop over a pipe prints in the next turn what was saved', async (t) => {
    const app = await alone(t, 'classic.py', { TURN_SECONDS: '0.2' });
    app.save('second text');
    const [, turn] = await app.printed(/turn (\d+): second text/);
    await app.printed(new RegExp(`turn ${Number(turn) - 1} hears: I am upgraded!`));
    await app.printed(new RegExp(`turn ${Number(turn)} hears: I am upgraded!`));
  });

  it('and serves meanwhile', async (t) => {
    const port = await freePort();
    const app = await alone(t, 'server.py', { PORT: String(port) });
    const get = async (): Promise<readonly string[]> =>
      (await request({ port, host: '127.0.0.1', path: '/', agent: false })).body.split('\n');
    const [text, pipe] = await get();
    assert.equal(text, 'first text');
    app.save('second text');
    process.kill(app.pid, 'SIGUSR2');
    await app.printed(/\(first text\) hears: I am upgraded!/);
    await app.printed(/serves: second text/);
    // Both have the socket for a moment.
    let now = await get();
    while (now[0] === 'first text') now = await get();
    assert.deepEqual(now.slice(0, 2), ['second text', pipe]);
  });

  it('keeps its pipe across generations under Hot Swap', async (t) => {
    const app = await Running.start(t, {
      files: { 'server.py': sample('server.py', 'first text') },
      command: [python, 'server.py'],
    });
    await app.serving(1);
    const [, pipe] = (await app.get('/')).body.split('\n');
    let generation = 1;
    for (const text of ['second text', 'third text']) {
      app.replace('server.py', sample('server.py', text));
      await app.serving((generation += 1));
      assert.deepEqual((await app.get('/')).body.split('\n').slice(0, 2), [text, pipe]);
    }
    await app.printed(/\(first text\) hears: I am upgraded!/);
    await app.printed(/\(second text\) hears: I am upgraded!/);
    // One that fails takes nothing along.
    app.replace('server.py', `${sample('server.py', 'broken')}\n)`);
    await app.event('rolledBack');
    app.replace('server.py', sample('server.py', 'fourth text'));
    await app.serving(generation + 2);
    assert.deepEqual((await app.get('/')).body.split('\n').slice(0, 2), ['fourth text', pipe]);
    await app.printed(/\(third text\) hears: I am upgraded!/);
  });
});
