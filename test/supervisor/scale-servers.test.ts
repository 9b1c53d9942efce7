/** Twenty servers in one workspace, under one supervisor. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { onlyInAll } from '../tools/everything.mts';
import { judge } from '../tools/limits.ts';
import { descriptors, isAlive, megabytes, residentMemory } from './processes.ts';
import { plain } from './servers.ts';
import { bodyAt, Supervised } from './supervised.ts';

const servers = 20;
/** Of the supervisor, a server: the pipes of three processes (its own, standby, spare), control, listener, watch. */
const descriptorsEach = 18;
const memoryEach = 2e6;

it(`${servers} servers of one workspace swap at once, each at a cost that is known`, onlyInAll, async (t) => {
  const all = await Supervised.start(t);
  const { pid } = all;
  const empty = { descriptors: descriptors(pid), memory: residentMemory(pid) };
  const names = Array.from({ length: servers }, (_, n) => `server-${n}`);
  const ports = await Promise.all(names.map((name) => all.serve(name, plain('v1'))));
  assert.deepEqual(new Set(await Promise.all(ports.map(bodyAt))), new Set(['v1']));
  for (const name of names) all.write(`${name}/server.js`, plain('v2'));
  const starting = (generation: number) =>
    all.events.flatMap((event) =>
      event.event === 'starting' && event.generation === generation ? [event] : [],
    );
  await Promise.all(names.map((name) => all.retired(name, 1)));
  assert.deepEqual(new Set(await Promise.all(ports.map(bodyAt))), new Set(['v2']));
  assert.deepEqual(
    starting(2)
      .map(({ server, cause }) => `${server} ${cause.kind}`)
      .sort(),
    names.map((name) => `${name} disk`).sort(),
  );
  assert.deepEqual(
    starting(1).filter(({ pid: old }) => isAlive(old)),
    [],
  );
  const each = {
    descriptors: (descriptors(pid) - empty.descriptors) / servers,
    memory: (residentMemory(pid) - empty.memory) / servers,
  };
  t.diagnostic(
    `the supervisor alone: ${empty.descriptors} descriptors, ${megabytes(empty.memory)}; ` +
      `each server: ${each.descriptors} descriptors, ${megabytes(each.memory)}`,
  );
  assert.ok(each.descriptors <= descriptorsEach, `${each.descriptors} descriptors a server`);
  judge('bytes a server', each.memory, memoryEach);
});
