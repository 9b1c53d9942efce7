import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { rehearseRelay } from '../../src/runtimes/node/preload/rehearsal.ts';

describe('the rehearsal of a relayed request', () => {
  it('goes as far as the end of the answer', async () => {
    const heard = await rehearseRelay();
    assert.match(heard ?? '', /^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)+\r\n1$/);
  });

  it('does not take place if somebody would be told', async () => {
    const listener = (): void => undefined;
    subscribe('http.client.request.start', listener);
    assert.equal(await rehearseRelay(), undefined);
    unsubscribe('http.client.request.start', listener);
  });
});
