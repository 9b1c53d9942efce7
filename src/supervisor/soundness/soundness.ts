/**
 * Where the next generation is started only when who serves is gone: is what it would be made of sound? It is compiled and
 * not run, as far as its runtime can. In doubt it is.
 */
import type { ErrorLocation } from '../../runtimes/runtime.ts';
import type { ServerSpec } from '../../shared/spec.ts';
import type { Environment } from '../folder/environment.ts';
import type { Generation } from '../generations/generation.ts';

/** Somebody has saved and waits (ms); clients do not. */
const patienceMs = 5000;

export class Soundness {
  private readonly env: Environment;
  private latest: AbortController | undefined;

  constructor(env: Environment) {
    this.env = env;
  }

  /** What keeps the successor of `serving` from being loaded, if that is known. False: it was asked again meanwhile. */
  async unsound(
    serving: Generation | undefined,
    spec: ServerSpec,
  ): Promise<ErrorLocation | undefined | false> {
    this.latest?.abort();
    const patience = (this.latest = new AbortController());
    const timer = this.env.clock.setTimeout(() => patience.abort(), patienceMs);
    const found = await untilAborted(this.find(serving, spec, patience.signal), patience.signal);
    timer.cancel();
    return this.latest === patience ? found : false;
  }

  private async find(
    serving: Generation | undefined,
    spec: ServerSpec,
    patience: AbortSignal,
  ): Promise<ErrorLocation | undefined> {
    const { errors } = serving?.runtime ?? {};
    if (serving === undefined || errors?.refused === undefined) return undefined;
    const loaded = await serving.peers.modules();
    if (loaded === undefined) return undefined;
    return await errors.refused(
      { spec, loaded, since: serving.startedAt, folder: this.env.folder },
      patience,
    );
  }
}

/** Undefined then, and if it fails. */
async function untilAborted<Found>(
  search: Promise<Found | undefined>,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const aborted = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  return await Promise.race([search.catch(() => undefined), aborted]);
}
