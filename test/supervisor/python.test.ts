/** A Python server takes part without a change of its own. */
import { describe, it } from 'node:test';
import { lacksPython } from '../tools/python.mts';
import { httpServer } from './python-apps.ts';
import { swapsUnderLoad } from './python-swaps.ts';

describe('a Python server', { skip: lacksPython() ?? false }, () => {
  it('is swapped under load, and rolled back from a broken edit', async (t) => {
    const app = await swapsUnderLoad(t, httpServer);
    await app.retired(1);
  });
});
