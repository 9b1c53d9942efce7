import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from '../bench/options.mts';

describe('the bench', () => {
  it('measures everything unless told otherwise', () => {
    const { apps, parts, peers, leftOut } = parse([]);
    assert.deepEqual(parts, ['edits', 'throughput', 'leftovers', 'bystanders', 'front', 'limits']);
    assert.equal(apps.length, 3);
    assert.ok(peers.includes('bun-hot') && peers.includes('server-starter'));
    assert.deepEqual(leftOut, []);
  });

  it('takes of each kind the names that are given, and all of a kind of which none is', () => {
    const { apps, parts, peers } = parse(['--only', 'leftovers,hot-swap']);
    assert.deepEqual(parts, ['leftovers']);
    assert.deepEqual(peers, ['hot-swap']);
    assert.equal(apps.length, 3);
  });

  it('says what a quick run leaves out', () => {
    const { leftOut } = parse(['--quick']);
    assert.ok(leftOut.includes('fastify') && leftOut.includes('pm2'));
  });

  it('refuses what it does not know', () => {
    assert.throws(() => parse(['--only', 'deno']), /nothing called "deno"/);
    assert.throws(() => parse(['--edits', 'many']), /--edits must be a number above 0/);
  });
});
