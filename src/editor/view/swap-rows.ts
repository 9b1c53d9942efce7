/** The last swaps of a server, with what each took and why. Pure. */
import { causeText, duration } from '../../shared/words/format.ts';
import { failureText } from '../../shared/words/narrate.ts';
import type { ServerRef } from '../servers/server-ref.ts';
import { whySlow } from '../status/why-slow.ts';
import { t } from '../words/l10n.ts';
import type { Icon, Row } from './row.ts';
import type { Swap } from './swaps.ts';

/** More are in the log. */
const shown = 10;

export function swapsRow(
  ref: ServerRef,
  parent: string,
  swaps: readonly Swap[],
  now: number,
  relative: (file: string) => string,
): Row[] {
  const rows = swaps.slice(0, shown).map((swap) => swapRow(ref, parent, swap, now, relative));
  if (rows.length === 0) return [];
  const label = t('last swaps');
  return [
    {
      ...ref,
      id: `${parent} swaps`,
      kind: 'swaps',
      label,
      spoken: `${ref.server}: ${label}`,
      icon: { id: 'list-unordered' },
      children: rows,
    },
  ];
}

function swapRow(
  ref: ServerRef,
  parent: string,
  swap: Swap,
  now: number,
  relative: (file: string) => string,
): Row {
  const label = t('gen {0}', swap.generation);
  const { text, icon } = outcomeOf(swap, relative);
  const facts = [text, causeText(swap.cause, relative), ago(now - swap.startedAt)];
  const isFailed = swap.outcome === 'failed';
  return {
    ...ref,
    id: `${parent} swap ${String(swap.generation)}`,
    kind: isFailed ? 'swap.failed' : 'swap',
    label,
    description: facts.join(' · '),
    tooltip: facts.join('\n\n'),
    icon,
    spoken: `${label}: ${facts.join(', ')}`,
    generation: swap.generation,
    does: isFailed && swap.failure?.file !== undefined ? 'goToError' : 'showTimeline',
  };
}

function outcomeOf(swap: Swap, relative: (file: string) => string): { text: string; icon: Icon } {
  switch (swap.outcome) {
    case 'under way':
      return { text: t('under way'), icon: { id: 'sync' } };
    case 'replaced':
      return { text: t('replaced by a newer save'), icon: { id: 'debug-step-over' } };
    case 'failed': {
      const why = swap.failure === undefined ? '' : `: ${failureText(swap.failure, relative)}`;
      return { text: `${t('failed')}${why}`, icon: { id: 'error', color: 'list.errorForeground' } };
    }
    case 'serves': {
      const { swapMs = 0, bootMs = 0, origin, noStandby, coldBootMs } = swap;
      const why =
        swap.from === undefined ? undefined : whySlow({ origin, noStandby, bootMs, swapMs, coldBootMs });
      const icon: Icon = { id: 'pass', color: 'charts.green' };
      return { text: why === undefined ? duration(swapMs) : `${duration(swapMs)} (${why})`, icon };
    }
  }
}

function ago(ms: number): string {
  return ms < 60_000 ? t('just now') : t('{0} ago', duration(ms));
}
