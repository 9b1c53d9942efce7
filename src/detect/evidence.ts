/** Is this command a server? Asked before offering to run it, so that libraries and front ends are left alone. */
import { join } from 'node:path';
import { runtimeOfProgram } from '../runtimes/registry.ts';
import type { ReadFile } from './reading/files.ts';
import type { PackageJson } from './reading/package-json.ts';
import { parseScriptCall } from './reading/scripts.ts';
import { parseLine, programName, splitAssignments } from './reading/shell.ts';
import { unwrapWrapper } from './reading/wrappers.ts';
import { isWatcher } from './watchers/watchers.ts';

/** Besides the runtimes' own: programs that run servers, in a runtime that has no adapter yet. */
const otherRunners = ['bun', 'deno'];

const frameworks = [
  '@adonisjs/core',
  '@apollo/server',
  '@feathersjs/feathers',
  '@hapi/hapi',
  '@hono/node-server',
  '@nestjs/core',
  '@trpc/server',
  'apollo-server',
  'connect',
  'express',
  'fastify',
  'graphql-yoga',
  'h3',
  'json-server',
  'koa',
  'micro',
  'polka',
  'restify',
  'socket.io',
  'tinyhttp',
  'uWebSockets.js',
  'ws',
];

const serverName = /(^|[/\\])(server|app|www|api|backend)(\.\w+)?$|(^|[/\\])(server|api|backend)[/\\]/i;
const listens =
  /\.listen\s*\(|\bcreate(Secure)?Server\s*\(|\b(Bun|Deno)\.serve\s*\(|\bnew\s+(WebSocket)?Server\s*\(/;

/** True if the line ends in a program that runs a server, as far as can be told without running it. */
export async function looksLikeServer(
  line: string,
  cwd: string,
  main: PackageJson,
  readFile: ReadFile,
): Promise<boolean> {
  const args = runnerArguments(line, main, 0);
  if (args === undefined) return false;
  if (usesFramework(main)) return true;
  for (const arg of args) {
    if (serverName.test(arg) || (await isServerFile(join(cwd, arg), readFile))) return true;
  }
  return false;
}

export function usesFramework(main: PackageJson): boolean {
  return frameworks.some(
    (name) => main.dependencies[name] !== undefined || main.devDependencies[name] !== undefined,
  );
}

/** True if the file's own text opens a listener. */
export async function isServerFile(path: string, readFile: ReadFile): Promise<boolean> {
  const text = await readFile(path);
  return text !== undefined && listens.test(text);
}

/** The words after node, tsx, nodemon…, looked for through scripts, npx and cross-env. */
function runnerArguments(line: string, main: PackageJson, depth: number): readonly string[] | undefined {
  const parsed = parseLine(line);
  return parsed === undefined ? undefined : fromWords(parsed.words, main, depth);
}

function fromWords(
  words: readonly string[],
  main: PackageJson,
  depth: number,
): readonly string[] | undefined {
  if (depth > 5) return undefined;
  const { rest } = splitAssignments(words);
  const call = parseScriptCall(rest, main);
  if (call !== undefined) return runnerArguments(main.scripts[call.script] ?? '', main, depth + 1);
  if (runsServers(programName(rest[0]))) return rest.slice(1).flatMap((word) => [word, ...word.split(' ')]);
  const inner = unwrapWrapper(rest)?.inner;
  return inner === undefined ? undefined : fromWords(inner, main, depth + 1);
}

function runsServers(program: string): boolean {
  return runtimeOfProgram(program) !== undefined || isWatcher(program) || otherRunners.includes(program);
}
