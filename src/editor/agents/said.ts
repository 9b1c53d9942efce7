/** What tools and tasks say of servers: plain lines, an error at its place as compilers write it. No vscode. */
import { failureText } from '../../shared/words/narrate.ts';
import type { Failure } from '../../shared/failure.ts';
import type { ServerStatus, SwapOutcome } from '../../shared/model.ts';

type Relative = (file: string) => string;

export function statusText(status: ServerStatus, relative: Relative): string {
  const { name, state, serving, candidate, held, failure, listeners, debugging } = status;
  const ports = listeners.flatMap(({ port }) =>
    port === undefined ? [] : [`http://localhost:${String(port)}/`],
  );
  const facts = [
    `${name}: ${state}`,
    ...(serving === undefined
      ? []
      : [`gen ${String(serving.generation)} serves (pid ${String(serving.pid)})`]),
    ...(candidate === undefined ? [] : [`gen ${String(candidate)} boots`]),
    ...(ports.length === 0 ? [] : [`on ${ports.join(', ')}`]),
    ...(held === 0 ? [] : [`${String(held)} requests wait`]),
    ...(debugging?.pending === true ? ['paused by a debugger: the swap follows when it continues'] : []),
  ];
  return [facts.join(', '), ...(failure === undefined ? [] : errorLines(failure, relative))].join('\n');
}

export function outcomeText(server: string, outcome: SwapOutcome, relative: Relative): string {
  switch (outcome.outcome) {
    case 'swapped': {
      const same = outcome.sameCodeAs;
      const code =
        same === undefined
          ? ''
          : `, the same code as gen ${String(same)}: no file that it loaded has changed`;
      return `${server}: gen ${String(outcome.generation)} serves${code}`;
    }
    case 'rolledBack': {
      const { serving, failure } = outcome;
      const still =
        serving === undefined ? 'No generation can serve.' : `Gen ${String(serving)} still serves.`;
      const what = `${server}: gen ${String(failure.generation)} failed: ${failureText(failure, relative)}. ${still}`;
      return [what, ...errorLines(failure, relative)].join('\n');
    }
    case 'replaced':
      return `${server}: replaced by gen ${String(outcome.generation)}`;
    case 'stopped':
      return `${server}: it does not run`;
  }
}

/** `routes/users.js:31:14: error: SyntaxError: Unexpected token`; the problem matcher reads it (package.json). */
export function errorLines(failure: Failure, relative: Relative): readonly string[] {
  const problems = failure.problems ?? [failure];
  return problems.map(({ file, line = 1, column = 1, message }) =>
    file === undefined
      ? `error: ${message}`
      : `${relative(file)}:${String(line)}:${String(column)}: error: ${message.replaceAll('\n', ' ')}`,
  );
}
