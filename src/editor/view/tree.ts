/** Servers, their generations, and what keeps each where it is: rows from what is known. Pure. */
import type { GenerationRequests, OpenRequest } from '../../shared/told/requests.ts';
import type { ServerStatus } from '../../shared/model.ts';
import { age, count, drainText } from '../../shared/words/format.ts';
import type { ServerRef } from '../servers/server-ref.ts';
import { indicate } from '../status/status-text.ts';
import { stateOf } from '../status/states.ts';
import { t } from '../words/l10n.ts';
import type { Icon, Row, RowKind } from './row.ts';
import { standbyRow } from './standby-row.ts';
import { swapsRow } from './swap-rows.ts';
import type { Swap } from './swaps.ts';

export interface Known {
  readonly ref: ServerRef;
  /** What would start it. */
  readonly command: string;
  /** Undefined or `off` if it does not run. */
  readonly status: ServerStatus | undefined;
  /** The last one first. */
  readonly swaps: readonly Swap[];
  /** As far as they are known. */
  readonly requests: readonly GenerationRequests[];
}

/** `now`: ms since the epoch. `relative` shortens a path for the reader. */
export function tree(servers: readonly Known[], now: number, relative: (file: string) => string): Row[] {
  // Nothing runs: the view says what it is for instead.
  if (servers.every(({ status }) => status === undefined || status.state === 'off')) return [];
  return servers.map((server) => serverRow(server, now, relative));
}

function serverRow(known: Known, now: number, relative: (file: string) => string): Row {
  const { ref, status, swaps, command } = known;
  const id = JSON.stringify(ref);
  const state = status === undefined ? undefined : stateOf(status);
  if (status === undefined || state === undefined) {
    const spoken = t('{0}: not running', ref.server);
    const icon: Icon = { id: 'circle-outline' };
    return { ...ref, id, kind: 'server.off', label: ref.server, description: command, icon, spoken };
  }
  const kind: RowKind = state.alarming === true ? 'server.failed' : 'server.running';
  const failed = state.alarming === true ? { color: 'list.errorForeground' } : {};
  return {
    ...ref,
    id,
    kind,
    label: ref.server,
    description: state.text(status),
    tooltip: [status.command, status.failure?.message].filter(Boolean).join('\n\n'),
    icon: { id: state.icon, ...failed },
    spoken: indicate(status, true).label,
    open: true,
    children: [
      ...candidateRow(known, status),
      ...servingRow(known, status, now),
      ...drainingRows(known, status, now),
      standbyRow(ref, id, status.standby),
      ...swapsRow(ref, id, swaps, now, relative),
    ],
  };
}

/** The generation that boots. */
function candidateRow({ ref, swaps }: Known, { candidate, held }: ServerStatus): Row[] {
  if (candidate === undefined) return [];
  const pid = swaps.find(({ generation }) => generation === candidate)?.pid;
  const facts = [
    t('booting'),
    ...(pid === undefined ? [] : [t('pid {0}', String(pid))]),
    ...(held === 0 ? [] : [t('{0} held', count(held, 'request'))]),
  ];
  return [generationRow(ref, candidate, 'generation', { id: 'sync' }, facts)];
}

function servingRow({ ref, requests }: Known, status: ServerStatus, now: number): Row[] {
  const { serving } = status;
  if (serving === undefined) return [];
  const { generation, codeOf } = serving;
  const open = requests.find((one) => one.generation === generation);
  const inFlight = open?.known === true ? open.requests.length + open.more : 0;
  const facts = [
    t('serving'),
    ...(codeOf === undefined ? [] : [t('code of gen {0}', codeOf)]),
    age(now - serving.since),
    t('pid {0}', String(serving.pid)),
    ...(inFlight === 0 ? [] : [t('{0} in flight', inFlight)]),
  ];
  const icon = { id: 'arrow-swap', color: status.state === 'stale' ? 'charts.yellow' : 'charts.green' };
  const row = generationRow(ref, generation, 'generation.serving', icon, facts);
  const children = requestRows(row, open);
  return [{ ...row, ...(children.length === 0 ? {} : { children }) }];
}

function drainingRows({ ref, requests }: Known, { draining }: ServerStatus, now: number): Row[] {
  return draining.map(({ generation, since, pid, ...progress }) => {
    const left = drainText(progress);
    const waits =
      left === '' && progress.connections > 0 ? count(progress.connections, 'idle connection') : left;
    const facts = [
      t('draining {0}', age(now - since)),
      ...(pid === undefined ? [] : [t('pid {0}', String(pid))]),
      ...(waits === '' ? [] : [t('waits for {0}', waits)]),
    ];
    const served = generationRow(ref, generation, 'generation', { id: 'history' }, facts);
    // Another row than the one it had while it served: VS Code would keep that one closed, and what is waited for hidden.
    const row = { ...served, id: `${served.id} draining` };
    const open = requests.find((one) => one.generation === generation);
    const children = requestRows(row, open);
    return { ...row, ...(children.length === 0 ? {} : { children, open: true }) };
  });
}

function generationRow(
  ref: ServerRef,
  generation: number,
  kind: RowKind,
  icon: Icon,
  facts: readonly string[],
): Row {
  const label = t('gen {0}', generation);
  return {
    ...ref,
    id: `${JSON.stringify(ref)} ${String(generation)}`,
    kind,
    label,
    description: facts.join(' · '),
    icon,
    spoken: `${ref.server}: ${t('generation {0}', generation)}, ${facts.join(', ')}`,
    generation,
  };
}

/** What it still has to answer, the oldest first. */
function requestRows(parent: Row, open: GenerationRequests | undefined): Row[] {
  if (open?.known !== true) return [];
  const { folder, server, generation = 0 } = parent;
  const rows = open.requests.map((request) => ({
    ...{ folder, server, generation },
    ...requestRow(parent.id, request),
  }));
  if (open.more === 0) return rows;
  const label = t('and {0} more', open.more);
  return [...rows, { folder, server, id: `${parent.id} more`, kind: 'note', label, spoken: label }];
}

const kinds: Readonly<Record<OpenRequest['kind'], { readonly icon: string; readonly text: () => string }>> = {
  request: { icon: 'arrow-small-right', text: () => t('request') },
  eventStream: { icon: 'broadcast', text: () => t('event stream') },
  webSocket: { icon: 'plug', text: () => t('WebSocket') },
};

function requestRow(parent: string, request: OpenRequest): Omit<Row, 'folder' | 'server' | 'generation'> {
  const { icon, text } = kinds[request.kind];
  const label = `${request.method} ${request.path}`.trim() || t('a connection that is not HTTP');
  const since = age(request.ageMs);
  return {
    id: `${parent} request ${String(request.id)}`,
    kind: 'request',
    label,
    description: request.kind === 'request' ? since : `${since} · ${text()}`,
    tooltip: t(
      '{0} {1}, open for {2}. Cut ends it: its client sees a broken connection.',
      text(),
      label,
      since,
    ),
    icon: { id: icon },
    spoken: t('{0} {1}, open for {2}', text(), label, since),
    request: request.id,
  };
}
