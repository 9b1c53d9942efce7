/** What is known of stacks in whose processes nothing of ours can be: programs, what says the port, sources. As data. */
import type { ServerSpec } from '../shared/spec.ts';
import type { SourceGlobs } from './attendant.ts';

export interface Stack {
  /** By a program of the command; else it may be anything. */
  readonly isKnown: boolean;
  readonly sources: SourceGlobs;
  /** Where it is told to listen, if its command says it: which word, and how that is written for another port. */
  readonly flag?: (words: readonly string[]) => PortFlag | undefined;
  /** Besides PORT. */
  readonly variables?: (port: number) => Readonly<Record<string, string>>;
}

export interface PortFlag {
  readonly port: number;
  readonly host?: string;
  readonly index: number;
  readonly write: (port: number) => string;
}

interface Known extends Omit<Stack, 'isKnown' | 'sources'> {
  readonly programs: RegExp;
  /** Endings of source files, besides `common`. */
  readonly endings: string;
}

/** What servers of any stack are made of besides their code; not what they like to keep their data in (JSON, XML, SQL). */
const common = 'html,htm,tmpl,gohtml,toml,yaml,yml,ini,properties,graphql,proto';
const code = 'go,php,java,kt,kts,scala,groovy,cs,fs,vb,ex,exs,eex,heex,rs,rb,js,mjs,cjs,ts,mts,cts,jsx,tsx';

/** What is made of sources, what others wrote, what is about them, what a server writes. */
const ignore = [
  '**/{node_modules,vendor,target,build,dist,out,bin,obj,_build,deps,tmp,temp,logs,log,coverage,storage,uploads}/**',
  '**/.?*/**',
  '**/*{_test.go,.test.*,.spec.*,Test.java,Tests.cs}',
  '**/{package-lock,npm-shrinkwrap}.json',
];

const known: readonly Known[] = [
  { programs: /^go\d*(?:\.\d+)*$/, endings: 'go,mod,sum' },
  {
    programs: /^php(?:\d+(?:\.\d+)?)?$/,
    endings: 'php,phtml,twig',
    // https://www.php.net/manual/en/features.commandline.webserver.php
    flag: (words) => addressAfter(words, '-S'),
  },
  {
    programs: /^bunx?$/,
    endings: 'js,mjs,cjs,ts,mts,cts,jsx,tsx',
    variables: (port) => ({ BUN_PORT: String(port) }),
  },
  {
    programs: /^deno$/,
    endings: 'js,mjs,ts,mts,jsx,tsx',
    flag: (words) => (words[1] === 'serve' ? portAfter(words, '--port') : undefined),
    // https://docs.deno.com/runtime/reference/env_variables/
    variables: (port) => ({ DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${String(port)}` }),
  },
  {
    programs: /^(?:java|mvnw?|gradlew?|gradle|jbang|kotlin|scala)$/,
    endings: 'java,kt,kts,scala,groovy',
    // Spring Boot's server.port.
    variables: (port) => ({ SERVER_PORT: String(port) }),
  },
  {
    programs: /^dotnet$/,
    endings: 'cs,fs,vb,csproj,fsproj,cshtml,razor',
    variables: (port) => ({ ASPNETCORE_URLS: `http://127.0.0.1:${String(port)}` }),
  },
  { programs: /^(?:mix|iex|elixir)$/, endings: 'ex,exs,eex,heex,leex' },
  { programs: /^cargo$/, endings: 'rs' },
];

const unknown: Stack = { isKnown: false, sources: globsFor(code) };

/** `words`: of a command, or the name of one program. Wrappers (`env`, `exec`, `sh -c`) may stand before it. */
export function stackOf(words: readonly string[]): Stack {
  for (const word of words) {
    const name = word.replace(/^.*[/\\]/, '');
    const found = known.find(({ programs }) => programs.test(name));
    if (found !== undefined) {
      const { endings, ...rest } = found;
      return { isKnown: true, sources: globsFor(endings), ...rest };
    }
    // Whoever starts it decides: what comes after the first program is its arguments.
    if (!/^(?:env|exec|nice|time|sudo|sh|bash|-\w+|\w+=.*)$/.test(name)) return unknown;
  }
  return unknown;
}

type Started = Pick<ServerSpec, 'command' | 'pipeline'>;

/** Of what is compiled before it is started, the compiler tells. */
export function stackOfServer({ command, pipeline }: Started): Stack {
  const own = stackOf(wordsOf(command));
  const built = [...(pipeline?.steps ?? []), ...(pipeline?.last ?? [])].map((step) =>
    stackOf(wordsOf(step.command)),
  );
  return own.isKnown ? own : (built.findLast(({ isKnown }) => isKnown) ?? own);
}

/** Which files make it what it is, as far as its command tells. */
export function sourcesOf(spec: Started): SourceGlobs {
  return stackOfServer(spec).sources;
}

export function wordsOf(command: ServerSpec['command']): readonly string[] {
  return typeof command === 'string' ? command.split(/\s+/).filter((word) => word !== '') : command;
}

function globsFor(endings: string): SourceGlobs {
  return { watch: [`**/*.{${endings},${common}}`, '**/.env*', 'deno.json*'], ignore };
}

/** `-S localhost:8000`, `-S [::]:8000` */
function addressAfter(words: readonly string[], flag: string): PortFlag | undefined {
  const index = words.indexOf(flag) + 1;
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(index === 0 ? '' : (words[index] ?? '')) ?? [];
  if (port === '') return undefined;
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return {
    port: Number(port),
    host: bare,
    index,
    write: (moved) => `${host}:${String(moved)}`,
  };
}

/** `--port 8000`, `--port=8000` */
function portAfter(words: readonly string[], flag: string): PortFlag | undefined {
  const at = words.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at < 0) return undefined;
  const isJoined = words[at]?.startsWith(`${flag}=`) === true;
  const index = isJoined ? at : at + 1;
  const port = Number(isJoined ? words[at]?.slice(flag.length + 1) : words[index]);
  if (!Number.isInteger(port) || port <= 0) return undefined;
  return { port, index, write: (moved) => (isJoined ? `${flag}=${String(moved)}` : String(moved)) };
}
