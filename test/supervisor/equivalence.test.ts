/** Nothing that an app can see tells a generation that came from standby from one that was started cold. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { everything } from '../tools/everything.mts';
import { nodeBinary, nodeMajors } from '../tools/node-versions.mts';
import type { NodeMajor } from '../tools/node-versions.mts';
import type { EquivalenceApp } from './equivalence-apps/app.ts';
import { assertSame, observe } from './equivalence-apps/compare.ts';
import { packages } from './equivalence-apps/packages.ts';
import { data } from './equivalence-apps/data.ts';
import { logs } from './equivalence-apps/logs.ts';
import { patches } from './equivalence-apps/patches.ts';
import { settings } from './equivalence-apps/settings.ts';
import { typed } from './equivalence-apps/typed.ts';
import { web } from './equivalence-apps/web.ts';

const apps = [...web, ...data, ...logs, ...settings, ...patches, ...typed];
/** One of each way in which modules are loaded; of those, what differs most from Node to Node. */
const usual = /^(?:fastify, ES|zod|dotenv with -r|@opentelemetry|tsx, ES|CommonJS that imports)/;
const newest = /^(?:fastify, ES|CommonJS that imports)/;

for (const major of nodeMajors) {
  describe(`on Node ${major}, from standby all is as from cold, of a server with`, { concurrency: 2 }, () => {
    for (const app of apps) if (isTried(app, major)) it(app.name, (t) => compare(t, app, major));
  });
}

function isTried({ name }: EquivalenceApp, major: NodeMajor): boolean {
  if (major === 20) return everything || usual.test(name);
  return (everything ? usual : newest).test(name);
}

async function compare(t: TestContext, app: EquivalenceApp, major: NodeMajor): Promise<void> {
  const [node, modules] = await Promise.all([nodeBinary(major), packages()]);
  const [cold, standby] = await Promise.all([
    observe(t, app, modules, false, node),
    observe(t, app, modules, true, node),
  ]);
  t.diagnostic(`${standby.modules} modules warm; left out: ${standby.leftOut.join(', ') || 'nothing'}`);
  assert.deepEqual([cold.standby, standby.standby], [false, true]);
  assertSame(standby, cold);
  assert.deepEqual([...standby.leftOut].sort(), [...(app.leftOut ?? [])].sort());
  assert.ok(standby.modules >= app.modules, `only ${standby.modules} modules are warm`);
}
