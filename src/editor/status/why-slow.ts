/** Why a swap took as long as it did, in one clause; nothing about one that was quick. Pure. */
import { duration } from '../../shared/words/format.ts';
import type { Origin } from '../../shared/model.ts';
import { t } from '../words/l10n.ts';

export interface Took {
  readonly origin: Origin;
  readonly noStandby?: string | undefined;
  readonly bootMs: number;
  readonly swapMs: number;
  readonly coldBootMs?: number | undefined;
}

/** Nobody notices (ms). */
const quickMs = 200;
/** Of a swap, what makes it what it is. */
const most = 0.6;

export function whySlow({ origin, noStandby, bootMs, swapMs, coldBootMs }: Took): string | undefined {
  const isQuick = swapMs <= quickMs || (coldBootMs !== undefined && swapMs < coldBootMs / 4);
  if (isQuick) return undefined;
  if (bootMs < swapMs * (1 - most))
    return t('it waited {0} besides its start-up of {1}', duration(swapMs - bootMs), duration(bootMs));
  if (origin === 'cold')
    return noStandby === undefined ? t('cold: there was no standby') : t('cold: {0}', noStandby);
  if (origin === 'spare') return t('cold: its standby was not ready yet');
  return t('your own start-up took {0} of {1}', duration(bootMs), duration(swapMs));
}
