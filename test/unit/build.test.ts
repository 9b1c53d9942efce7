/** When a builder is whole, as far as it depends on others. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Build } from '../../src/supervisor/parts/build.ts';
import { FakeClock } from './editor-fakes.ts';

it('one that goes over what another has written is waited for, each time that one is done', () => {
  const clock = new FakeClock();
  const said: string[] = [];
  const builder = (tool: string): Build =>
    new Build({ name: tool, tool, command: [tool, '-w'], cwd: '/app', env: {} }, clock, {
      changed: (state) => said.push(`${tool} ${state}`),
    });
  const [tsc, alias] = [builder('tsc'), builder('tsc-alias')];
  const done = (): void => {
    tsc.hear('Found 0 errors. Watching for file changes.\n');
    alias.follow(tsc);
    tsc.follow(tsc);
  };
  clock.pass(10_000); // it was quiet long before the first build was over
  done();
  assert.deepEqual([tsc.state, alias.state], ['whole', 'building']);
  clock.pass(1_000);
  tsc.hear('File change detected. Starting incremental compilation...\n');
  done();
  assert.deepEqual([tsc.state, alias.state], ['whole', 'building']);
  clock.pass(1_000);
  tsc.follow(alias);
  assert.deepEqual([tsc.state, alias.state], ['whole', 'whole']);
  assert.deepEqual(said.slice(-2), ['tsc-alias building', 'tsc-alias whole']);
});
