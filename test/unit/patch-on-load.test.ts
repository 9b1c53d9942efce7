import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { patchOnLoad } from '../../src/runtimes/node/preload/engine/patch-on-load.ts';

type Greet = () => string;
const greeter = (): { prototype: Record<string, Greet> } => ({ prototype: { greet: () => 'hello' } });
const place = (builtin: string, binding: string, load: () => ReturnType<typeof greeter>) => ({
  builtin,
  binding,
  taken: 'TCPConnectWrap',
  method: 'greet',
  load,
});
const twice = (original: Greet): Greet => {
  assert.equal(original(), 'hello');
  return () => 'hello, hello';
};

describe('what Node has defined before we could be there', () => {
  for (const [why, builtin, binding] of [
    ['because it is loaded', 'net', 'tcp_wrap'],
    ['because its binding is not what we know', 'no such module', 'util'],
    ['because there is no such binding', 'no such module', 'no such binding'],
  ] as const) {
    it(`is replaced at once, ${why}`, () => {
      const defined = greeter();
      patchOnLoad(
        place(builtin, binding, () => defined),
        twice,
      );
      assert.equal(defined.prototype['greet']?.(), 'hello, hello');
      assert.equal('greet' in EventEmitter.prototype, false);
    });
  }

  it('is given back, unless somebody has replaced it again', () => {
    const [ours, theirs] = [greeter(), greeter()];
    const replace = ({ prototype }: ReturnType<typeof greeter>) =>
      patchOnLoad(
        place('net', 'tcp_wrap', () => ({ prototype })),
        twice,
      );
    const { greet: original } = ours.prototype;
    const [giveBack, giveBackTheirs] = [replace(ours), replace(theirs)];
    theirs.prototype['greet'] = () => 'bye';
    giveBack();
    giveBackTheirs();
    assert.equal(ours.prototype['greet'], original);
    assert.equal(theirs.prototype['greet'](), 'bye');
  });
});
