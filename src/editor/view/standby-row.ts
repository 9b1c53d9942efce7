/** The process that waits to be the next generation: what it has loaded, what it leaves out and why. Pure. */
import type { StandbyStatus } from '../../shared/model.ts';
import { count, megabytes } from '../../shared/words/format.ts';
import type { ServerRef } from '../servers/server-ref.ts';
import { t } from '../words/l10n.ts';
import type { Row } from './row.ts';

export function standbyRow(ref: ServerRef, parent: string, standby: StandbyStatus): Row {
  const label = t('standby');
  const id = `${parent} standby`;
  const facts = factsOf(standby);
  const children = standby.state === 'warm' ? standby.leftOut.map((one) => leftOut(ref, id, one)) : [];
  const icons = { off: 'circle-slash', warming: 'sync', warm: 'clock' } as const;
  return {
    ...ref,
    id,
    kind: 'standby',
    label,
    description: facts.join(' · '),
    tooltip: t(
      'The next generation, already started, its dependencies loaded. It waits before your own code.',
    ),
    icon: { id: icons[standby.state] },
    spoken: `${ref.server}: ${label}, ${facts.join(', ')}`,
    ...(children.length === 0 ? {} : { children }),
  };
}

function factsOf(standby: StandbyStatus): string[] {
  switch (standby.state) {
    case 'off':
      return [t('none: {0}', standby.why)];
    case 'warming':
      return [t('getting ready')];
    case 'warm': {
      const { memory, spareMemory, modules, leftOut } = standby;
      return [
        t('ready'),
        megabytes(memory),
        t('{0} loaded', count(modules, 'module')),
        ...(leftOut.length === 0 ? [] : [t('{0} left out', leftOut.length)]),
        ...(spareMemory === 0 ? [] : [t('{0} for saves that come too early', megabytes(spareMemory))]),
      ];
    }
  }
}

/** `mongoose (starts a timer)` */
function leftOut(ref: ServerRef, parent: string, text: string): Row {
  const [, name = text, why] = /^(.*?) \((.*)\)$/.exec(text) ?? [];
  const spoken =
    why === undefined ? t('{0} is left to the app', name) : t('{0} is left to the app: {1}', name, why);
  return {
    ...ref,
    id: `${parent} ${name}`,
    kind: 'note',
    label: name,
    ...(why === undefined ? {} : { description: why }),
    tooltip: spoken,
    icon: { id: 'package' },
    spoken,
  };
}
