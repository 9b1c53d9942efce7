/** How a server's port is moved: what of its command or its environment says where it listens. */
import type { ServerSpec } from '../../shared/spec.ts';
import type { Found, SourceGlobs } from '../attendant.ts';
import { stackOf, stackOfServer, wordsOf } from '../stacks.ts';
import type { Stack } from '../stacks.ts';
import type { Places } from './ports.ts';

export interface Moves {
  /** The port that clients know. */
  readonly port: number;
  /** Where it said that it listens; undefined: as it does on its own port. */
  readonly host?: string;
  readonly to: (spec: ServerSpec, port: number) => Moved;
}

export interface Moved {
  readonly command: string | readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What says the port: `PORT`, `-S`. */
  readonly by: string;
}

export interface FrontPlan {
  readonly moves: Moves;
  readonly sources: SourceGlobs;
  /** Of its generations; ports that nobody has without. */
  readonly places?: Places;
  /** For the tooltip, besides that it is a front. */
  readonly detail?: string;
  /** Not only HTTP comes to its port: what is something else is passed on as it is. */
  readonly mixed?: true;
}

const placeholder = '${port}';

/** Undefined: nothing says where clients look for it, or that it could be somewhere else. */
export function planOf(spec: ServerSpec): FrontPlan | undefined {
  const words = wordsOf(spec.command);
  const stack = stackOfServer(spec);
  const { sources } = stack;
  const said = spec.port ?? portIn(spec.env['PORT']);
  if (words.some((word) => word.includes(placeholder)))
    return said === undefined ? undefined : { sources, moves: { port: said, to: byPlaceholder } };
  const flag = stack.flag?.(words);
  if (flag !== undefined) {
    const { port, host, index, write } = flag;
    const to = (of: ServerSpec, moved: number): Moved => ({
      command: withWord(of.command, index, write(moved)),
      env: of.env,
      by: words[index] ?? 'its flag',
    });
    return { sources, moves: { port, ...(host === undefined ? {} : { host }), to } };
  }
  // A program that may be anything (`npm run dev`) is asked for nothing before it is seen where it listens.
  if (said === undefined || (spec.way !== 'front' && !stack.isKnown)) return undefined;
  return { sources, moves: byVariable(said, stack) };
}

/** Of a server that was started as it is, and listens on a port that it chose itself. */
export function planFound(spec: ServerSpec, { port, program }: Found): FrontPlan {
  const byCommand = stackOfServer(spec);
  const stack = byCommand.isKnown ? byCommand : stackOf([program]);
  return { sources: stack.sources, moves: byVariable(port, stack) };
}

function byVariable(port: number, { variables }: Stack): Moves {
  return {
    port,
    to: ({ command, env }, moved) => ({
      command,
      env: { ...env, PORT: String(moved), ...variables?.(moved) },
      by: 'PORT',
    }),
  };
}

function byPlaceholder({ command, env }: ServerSpec, port: number): Moved {
  const fill = (word: string): string => word.replaceAll(placeholder, String(port));
  return {
    command: typeof command === 'string' ? fill(command) : command.map(fill),
    env: { ...env, PORT: String(port) },
    by: placeholder,
  };
}

/** A line for the shell keeps all else as it is. */
function withWord(command: ServerSpec['command'], index: number, word: string): ServerSpec['command'] {
  if (typeof command !== 'string') return command.map((old, at) => (at === index ? word : old));
  let at = -1;
  return command.replace(/\S+/g, (old) => ((at += 1) === index ? word : old));
}

function portIn(text: string | undefined): number | undefined {
  const port = Number(text ?? '');
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

/** Both, since clients try both. */
export function hostsOf(host: string): readonly (string | undefined)[] {
  if (host === 'localhost') return ['127.0.0.1', '::1'];
  return host === '0.0.0.0' || host === '::' ? [host === '::' ? undefined : host] : [host];
}
