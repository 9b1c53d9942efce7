/** Every Python server that is promised in the README, as its tutorial writes it. */
import { describe, it } from 'node:test';
import { onlyInAll } from '../tools/everything.mts';
import { lacksPython } from '../tools/python.mts';
import { pythonApps } from './python-apps.ts';
import { swapsFromStandby, swapsUnderLoad } from './python-swaps.ts';

describe('Python servers, swapped under load', onlyInAll, () => {
  for (const app of pythonApps) {
    it(app.name, { skip: lacksPython(...app.needs) ?? false }, async (t) => {
      await swapsUnderLoad(t, app);
    });
  }
  for (const app of pythonApps.filter(({ hasStandby }) => hasStandby)) {
    it(`${app.name}, from its standby`, { skip: lacksPython(...app.needs) ?? false }, async (t) => {
      await swapsFromStandby(t, app);
    });
  }
});
