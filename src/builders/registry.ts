/** Which build tool a command line runs, and what is known of one by its name. */
import type { BuilderRun, Says } from './builder.ts';
import { tools } from './tools.ts';

/** The name is for `saysOf`. Undefined if these words run no build tool. */
export function builderOf(
  program: string,
  words: readonly string[],
): (BuilderRun & { readonly tool: string }) | undefined {
  const builder = tools[program];
  if (builder === undefined) return undefined;
  const { without, ...run } = builder.run(words.slice(1));
  return { ...run, tool: program, words: without === undefined ? words : [words[0] ?? program, ...without] };
}

/** Of a tool that nobody knows: it is whole when it is quiet. */
export function saysOf(tool: string): Says {
  return tools[tool]?.says ?? {};
}
