import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerSpec } from '../../src/shared/spec.ts';
import { deadlineOf } from '../../src/supervisor/servers/timers.ts';

test('a limit that the server itself did not keep when it served is none', () => {
  const spec = { readyTimeoutMs: 30_000, drainTimeoutMs: 10_000 } as ServerSpec;
  assert.equal(deadlineOf('ready', spec), 30_000);
  assert.equal(deadlineOf('ready', spec, 4_000), 30_000);
  assert.equal(deadlineOf('ready', spec, 45_000), 90_000);
});
