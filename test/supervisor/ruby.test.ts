/** A Ruby server takes part without a change of its own. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conformance } from '../conformance/conformance.mts';
import { everything, onlyInAll } from '../tools/everything.mts';
import { lacksRuby, ruby } from '../tools/ruby.mts';
import { swapsUnderLoad } from './python-swaps.ts';
import { rubyApps } from './ruby-apps.ts';

describe('Ruby servers, swapped under load', () => {
  for (const app of everything ? rubyApps : rubyApps.slice(1, 2)) {
    it(app.name, { skip: lacksRuby(...app.needs) ?? false }, async (t) => {
      await swapsUnderLoad(t, app, everything ? 10 : 2);
    });
  }

  it(
    "keep the protocol by Ruby's adapter",
    { skip: lacksRuby('webrick') ?? onlyInAll.skip ?? false },
    async () => {
      const server = `require 'webrick'
      server = WEBrick::HTTPServer.new(Port: ENV['PORT'].to_i, BindAddress: '127.0.0.1')
      server.mount_proc('/') { |_, response| response.body = 'hi' }
      server.start`;
      const results = await Promise.all(conformance([ruby, '-e', server]));
      assert.deepEqual(
        results.flatMap(({ name, fails }) => (fails === undefined ? [] : `${name}: ${fails}`)),
        [],
      );
    },
  );
});
