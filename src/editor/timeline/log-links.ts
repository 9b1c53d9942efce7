/** In the handoff log, the line that begins a swap leads to its picture. */
import * as vscode from 'vscode';
import type { Disposable } from '../../shared/disposable.ts';
import type { Servers } from '../servers/servers.ts';
import { commandIds } from '../status/actions.ts';
import { t } from '../words/l10n.ts';

/** As the narrator writes it: `[info] api: server.js saved, swapping gen 7 for 8`. */
const begins = /\[info\] (.+?): .*, swapping (gen \d+ for (\d+))$/;

export interface SwapLine {
  readonly server: string;
  readonly generation: number;
  /** Where in the line it is said, counted from 0. */
  readonly from: number;
  readonly to: number;
}

export function swapIn(line: string): SwapLine | undefined {
  const [, server, what, generation] = begins.exec(line) ?? [];
  if (server === undefined || what === undefined) return undefined;
  const from = line.lastIndexOf(what);
  return { server, generation: Number(generation), from, to: from + what.length };
}

export function linkLog(servers: Servers): Disposable {
  return vscode.languages.registerDocumentLinkProvider(
    { scheme: 'output' },
    {
      provideDocumentLinks: (document) => {
        if (!document.uri.path.includes('Hot Swap')) return [];
        const links: vscode.DocumentLink[] = [];
        const refs = new Map(servers.list().map(({ ref }) => [ref.server, ref]));
        for (let line = 0; line < document.lineCount; line += 1) {
          const found = swapIn(document.lineAt(line).text);
          const ref = found && refs.get(found.server);
          if (found === undefined || ref === undefined) continue;
          const args = encodeURIComponent(JSON.stringify([ref, found.generation]));
          const target = vscode.Uri.parse(`command:${commandIds.showTimeline}?${args}`);
          const link = new vscode.DocumentLink(new vscode.Range(line, found.from, line, found.to), target);
          link.tooltip = t('Show the timeline of this swap');
          links.push(link);
        }
        return links;
      },
    },
  );
}
