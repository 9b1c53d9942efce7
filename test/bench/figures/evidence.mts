import type { Summary } from './summary.mts';

/** The first few things that went wrong with one peer, one a line. */
export function evidenceLines(summary: Summary, most = 12): string[] {
  const lines = summary.evidence.slice(0, most).map((e) => {
    const connection = e.reused ? 'kept connection' : 'new connection';
    const version = e.version === undefined ? '' : `, answered v${e.version}`;
    const event = e.lastEvent ? `, after ${e.lastEvent}` : '';
    return `${e.kind} of ${e.client} on a ${connection}: ${e.why}${version}, ${e.sinceSaveMs} ms after a ${e.save} save${event}`;
  });
  return [...lines, ...summary.complaints].map((line) => `  ${summary.peer}: ${line}`);
}
