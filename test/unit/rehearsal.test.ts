import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { rehearseRelay, rehearseRequest } from '../../src/runtimes/node/preload/relaying/rehearsal.ts';

const wholeAnswer = /^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)+\r\n1$/;
const rehearsals = {
  'of a request': { rehearse: rehearseRequest, tells: 'http.server.request.start' },
  'of a relayed request': { rehearse: rehearseRelay, tells: 'http.client.request.start' },
};

describe('a rehearsal', () => {
  for (const [what, { rehearse, tells }] of Object.entries(rehearsals)) {
    it(`${what} goes as far as the end of the answer`, async () => {
      assert.match((await rehearse()) ?? '', wholeAnswer);
    });

    it(`${what} does not take place if somebody would be told`, async () => {
      const listener = (): void => undefined;
      subscribe(tells, listener);
      assert.equal(await rehearse(), undefined);
      unsubscribe(tells, listener);
    });
  }
});
