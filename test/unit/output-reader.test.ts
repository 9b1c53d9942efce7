/** A server that prints much wakes the supervisor seldom, and loses nothing. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { systemClock } from '../../src/shared/clock.ts';
import { readOutput } from '../../src/supervisor/output/output-reader.ts';

/** The pieces in which the output of `code` is read. */
async function piecesOf(code: string): Promise<string[]> {
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pieces: string[] = [];
  child.once(
    'exit',
    readOutput(child.stdout, systemClock, (text) => pieces.push(text)),
  );
  await once(child, 'close');
  return pieces;
}

const line = (i: number): string => `GET /things/${i} 200\n`;
const lines = (count: number): string => Array.from({ length: count }, (_, i) => line(i)).join('');

describe('the output of a server', () => {
  it('is read in portions where a line comes for every request', async () => {
    // A line each 50 µs or so, as of a server that is loaded; a synchronous write each.
    const began = performance.now();
    const pieces = await piecesOf(`
      let i = 0;
      const next = () => {
        const until = process.hrtime.bigint() + 50_000n;
        while (process.hrtime.bigint() < until);
        require('node:fs').writeSync(1, \`GET /things/\${i++} 200\\n\`);
        if (i < 4000) setImmediate(next);
      };
      next();`);
    assert.equal(pieces.join(''), lines(4000));
    // On a busy machine it takes longer, and there are more portions.
    const most = Math.max(400, performance.now() - began);
    assert.ok(pieces.length < most, `${pieces.length} pieces`);
  });

  it('is read at once where there is much of it', async () => {
    const pieces = await piecesOf(`require('node:fs').writeSync(1, 'x'.repeat(50_000_000));`);
    assert.equal(pieces.join('').length, 50_000_000);
  });

  it('is read to its end', async () => {
    const pieces = await piecesOf(`console.log('one'); console.log('two'); process.exit(3);`);
    assert.equal(pieces.join(''), 'one\ntwo\n');
  });
});
