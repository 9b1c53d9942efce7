import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { inviteChild, takeInvitation } from '../../src/runtimes/node/preload/joining/invitation.ts';
import { nodeOptionsWith, nodeOptionsWithout } from '../../src/runtimes/node/node-options.ts';
import { listenerKey } from '../../src/runtimes/node/preload/sockets/listener-key.ts';

const invitation = {
  v: 1,
  control: '/c',
  token: 't',
  generation: 2,
  doors: '/d',
  handles: 3,
  listeners: { 'tcp:*:3000': 4 },
};

describe('NODE_OPTIONS', () => {
  it('comes back as the user had it', () => {
    const option = fc.constantFrom('--no-warnings', '--max-old-space-size=512', '--require "/my file.js"');
    fc.assert(
      fc.property(fc.array(option), fc.string({ minLength: 1 }), (options, preload) => {
        const given = options.join(' ');
        const ours = nodeOptionsWith(given, preload);
        assert.equal(nodeOptionsWithout(ours, preload), given);
        assert.equal(nodeOptionsWith(ours, preload), ours, 'not twice');
      }),
    );
  });

  it('and our variable leave the environment that the app sees, and reach its children', () => {
    const pairs = inviteChild(['A=1', 'NODE_OPTIONS=--no-warnings'], invitation, '/p "q".js');
    const env = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]));
    assert.deepEqual(takeInvitation(env, '/p "q".js'), invitation);
    assert.deepEqual(env, { A: '1', NODE_OPTIONS: '--no-warnings' });
  });

  it('of a supervisor of another version is no invitation', () => {
    const env = { HOT_SWAP: JSON.stringify({ ...invitation, v: 99 }) };
    assert.equal(takeInvitation(env, '/p.js'), undefined);
    assert.deepEqual(env, {});
  });
});

describe('a listener key', () => {
  const none = (): boolean => false;

  it('says what the app asked for', () => {
    assert.equal(listenerKey({ port: 3000 }, none), 'tcp:*:3000');
    assert.equal(listenerKey({ port: '03000', host: 'localhost' }, none), 'tcp:localhost:3000');
    assert.equal(listenerKey({ path: '/run/x.sock' }, none), 'unix:/run/x.sock');
  });

  it('tells several "any port" apart by their order', () => {
    assert.equal(listenerKey({ port: 0 }, none), 'tcp:*:0');
    assert.equal(
      listenerKey({}, (key) => key === 'tcp:*:0'),
      'tcp:*:0#2',
    );
  });

  it('leaves alone what the app brings itself, and what Node will refuse', () => {
    assert.equal(listenerKey({ fd: 3 }, none), undefined);
    assert.equal(listenerKey({ port: 'nonsense' }, none), undefined);
  });
});
