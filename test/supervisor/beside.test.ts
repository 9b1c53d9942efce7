/** What a command runs beside its server is started as often as the server is, and never for a standby. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Running } from './running.ts';
import { plain } from './servers.ts';
import { untilTrue } from './until.ts';

const mail = "console.log('mails'); setInterval(() => undefined, 1000);";
const fork = (file: string): string => `require('node:child_process').fork('./${file}');`;

const commands: Readonly<Record<string, readonly string[]>> = {
  'a shell': ['sh', '-c', 'node mail.js & node server.js & wait'],
  'a program of the user': ['node', 'start.js'],
};

describe('a companion that can not be taken apart', () => {
  for (const [who, command] of Object.entries(commands)) {
    it(`is not started for a standby by ${who}`, async (t) => {
      const files = {
        'mail.js': mail,
        'server.js': plain('v1'),
        'start.js': fork('mail.js') + fork('server.js'),
      };
      const app = await Running.start(t, { standby: true, files, command });
      await app.serving(1);
      await untilTrue(async () => {
        const { standby } = await app.status();
        return standby.state !== 'off' || /mail\.js/.test(standby.why);
      });
      const { standby } = await app.status();
      assert.equal(standby.state, 'off');
      await app.printed(/mails/);
      assert.equal(app.output.match(/mails/g)?.length, 1);
      app.write('server.js', plain('v2'));
      await app.serving(2);
      const { noStandby } = await app.event('starting', ({ generation }) => generation === 2);
      assert.match(noStandby ?? '', /^its command runs mail\.js beside it/);
    });
  }

  it('is none where it only shows what the server prints', async (t) => {
    const files = { 'server.js': plain('v1') };
    const command = ['sh', '-c', 'node server.js | cat'];
    const app = await Running.start(t, { standby: true, files, command });
    await app.event('standby', ({ state }) => state === 'warm');
  });
});
