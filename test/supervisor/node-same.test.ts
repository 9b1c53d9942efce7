import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newestMajors } from '../tools/node-versions.mts';
import { assertSame } from './node-bare.ts';
import { endings, facts, wrapped, wrapper } from './node-programs.ts';

for (const major of newestMajors) {
  describe(`on Node ${major}, a server is as it would be without us:`, () => {
    it('what it sees of its process', async (t) => {
      const env = { NODE_OPTIONS: '--no-warnings --max-old-space-size=512' };
      const program = {
        files: { 'server.js': facts },
        command: ['node', '--no-deprecation', 'server.js', 'a b'],
        env,
      };
      const output = await assertSame(t, major, program);
      assert.match(output, /"NODE_OPTIONS","--no-warnings --max-old-space-size=512"/);
      assert.match(output, /closed/);
    });

    for (const [name, source] of Object.entries(endings)) {
      it(`how it ends: ${name}`, async (t) => {
        await assertSame(t, major, { files: { 'server.js': source }, command: ['node', 'server.js'] });
      });
    }

    it('its IPC channel to a wrapper', async (t) => {
      const files = { 'server.js': wrapped, 'wrapper.js': wrapper };
      const output = await assertSame(t, major, { files, command: ['node', 'wrapper.js'] });
      assert.match(output, /wrapper heard \{"ready":true,"connected":true,"argv":\["argument"\]\}/);
    });
  });
}
