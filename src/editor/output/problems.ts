/** Boot failures in the Problems panel, for as long as they are the latest news of their server. */
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import type { Failure, Problem } from '../../shared/failure.ts';
import type { Servers } from '../servers/servers.ts';

export class Problems implements Disposable {
  private readonly store = new DisposableStore();
  private readonly collection = this.store.add(vscode.languages.createDiagnosticCollection('hotSwap'));
  private readonly failures = new Map<string, { readonly server: string; readonly failure: Failure }>();

  constructor(servers: Servers) {
    this.store.add(
      servers.onDidChange(({ ref, status }) => {
        const key = JSON.stringify(ref);
        // While it swaps, nobody knows yet whether the problem is solved: leave it.
        if (status.failure !== undefined)
          this.failures.set(key, { server: status.name, failure: status.failure });
        else if (status.state === 'serving' || status.state === 'off') this.failures.delete(key);
        this.publish();
      }),
    );
  }

  dispose(): void {
    this.store.dispose();
  }

  private publish(): void {
    const files = new Map<string, vscode.Diagnostic[]>();
    for (const { server, failure } of this.failures.values()) {
      for (const problem of failure.problems ?? [failure]) {
        if (problem.file === undefined) continue;
        files.set(problem.file, [...(files.get(problem.file) ?? []), diagnostic(server, failure, problem)]);
      }
    }
    this.collection.clear();
    for (const [file, diagnostics] of files) this.collection.set(vscode.Uri.file(file), diagnostics);
  }
}

export function failureRange({ line = 1, column }: Problem): vscode.Range {
  // An empty range is drawn over the word it stands at; without a column, the whole line is.
  const start = new vscode.Position(Math.max(0, line - 1), Math.max(0, (column ?? 1) - 1));
  return column === undefined
    ? new vscode.Range(start, start.with({ character: Number.MAX_SAFE_INTEGER }))
    : new vscode.Range(start, start);
}

function diagnostic(server: string, failure: Failure, problem: Problem): vscode.Diagnostic {
  const result = new vscode.Diagnostic(
    failureRange(problem),
    problem.message,
    vscode.DiagnosticSeverity.Error,
  );
  result.source = `Hot Swap (${server} ${failure.part ?? `gen ${String(failure.generation)}`})`;
  return result;
}

/** Opens the file at the place of the failure. */
export async function goToFailure(failure: Failure): Promise<void> {
  if (failure.file === undefined) return;
  await vscode.window.showTextDocument(vscode.Uri.file(failure.file), {
    selection: failureRange({ ...failure, column: failure.column ?? 1 }),
  });
}
