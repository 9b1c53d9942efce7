/** How an answer tells which save it is of. */
import type { SaveKind } from '../recipe.mts';

const channel = "getBuiltinModule('node:diagnostics_channel').subscribe('http.server.request.start', (m";

/** A line of code for the end of a file: from then on each answer of that process names the number. (Not everybody ends theirs.) */
export function markLine(file: string, what: SaveKind, number: number): string {
  const typed = /\.[cm]?tsx?$/.test(file);
  const start = typed ? `;(globalThis as any).process.${channel}: any)` : `;process.${channel})`;
  return `${start} => m.response.setHeader('x-save-${what}', '${number}'));`;
}

/** The newest save that an answer knows of, 0 for none: a generation has all those before it, too. */
export function numberOf(head: string, body: string): number {
  const named = [...head.matchAll(/^x-save-\w+: *(\d+)/gim), ...body.matchAll(/\bsave-(\d+)\b/g)];
  return Math.max(0, ...named.map(([, number]) => Number(number)));
}
