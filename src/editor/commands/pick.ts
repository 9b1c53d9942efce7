/** Quick picks: which server, which command, what to do. */
import { basename, relative } from 'node:path';
import * as vscode from 'vscode';
import { readFile, diskFiles } from '../../detect/reading/files.ts';
import type { Candidate } from '../../detect/candidate.ts';
import type { Action } from '../status/actions.ts';
import { sensibleActions } from '../status/states.ts';
import type { Choices } from '../servers/choices.ts';
import { isRunning, type KnownServer, type Servers } from '../servers/servers.ts';
import { indicate } from '../status/status-text.ts';
import type { ServerRef } from '../servers/server-ref.ts';

interface Item<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** The only server without asking, or the user's pick. */
export async function pickServer(
  servers: readonly KnownServer[],
  question: string,
): Promise<ServerRef | undefined> {
  const [first] = servers;
  if (first === undefined || servers.length === 1) return first?.ref;
  const items = servers.map((server) => ({ ...describe(server), value: server.ref }));
  return (await vscode.window.showQuickPick(items, { placeHolder: question }))?.value;
}

export async function pickAction(server: KnownServer | undefined): Promise<Action | undefined> {
  const items = sensibleActions(server?.status).map((action) => ({
    label: `$(${action.icon}) ${action.title}`,
    value: action,
  }));
  const placeHolder = server?.status === undefined ? 'Hot Swap' : indicate(server.status, true).label;
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.value;
}

/** What can be selected besides a server. */
type Choice =
  | { readonly kind: 'known'; readonly ref: ServerRef }
  | { readonly kind: 'found'; readonly folder: string; readonly candidate: Candidate }
  | { readonly kind: 'typed'; readonly folder: string }
  | { readonly kind: 'ask' };

/** Lets the user select among all servers, known and found, or type a command; remembers the answer. */
export async function selectServer(servers: Servers, choices: Choices): Promise<ServerRef | undefined> {
  const known = servers.list();
  const items: Item<Choice>[] = known.map((server) => ({
    ...describe(server),
    value: { kind: 'known', ref: server.ref },
  }));
  for (const { folder } of servers.sessions) items.push(...(await findable(folder, servers)));
  if (known.length > 1) items.push({ label: '$(question) Ask each time', value: { kind: 'ask' } });

  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: 'Which server shall Hot Swap run?',
  });
  return picked === undefined ? undefined : remember(picked.value, choices, servers);
}

/** What package.json offers; nothing where settings say which servers there are. */
async function findable(folder: string, servers: Servers): Promise<readonly Item<Choice>[]> {
  if (servers.settings(folder).servers.length > 0) return [];
  const commands = servers.list().map(({ definition }) => definition?.command);
  const { findServers } = await import('../../detect/detect.ts');
  const candidates = (await findServers(folder, diskFiles)).filter(
    ({ command }) => !commands.includes(command),
  );
  const found = candidates.map((candidate) => ({
    label: `$(play) ${candidate.command}`,
    description: candidate.name,
    detail: candidate.found,
    value: { kind: 'found', folder, candidate } as const,
  }));
  const description = servers.sessions.length > 1 ? { description: basename(folder) } : {};
  return [...found, { label: '$(edit) Enter a command…', ...description, value: { kind: 'typed', folder } }];
}

async function remember(choice: Choice, choices: Choices, servers: Servers): Promise<ServerRef | undefined> {
  if (choice.kind === 'ask') {
    await choices.select(undefined);
    return undefined;
  }
  const ref = choice.kind === 'known' ? choice.ref : await chooseNew(choice, choices);
  if (ref === undefined) return undefined;
  await choices.select(ref);
  servers.changed();
  return ref;
}

async function chooseNew(
  choice: Extract<Choice, { folder: string }>,
  choices: Choices,
): Promise<ServerRef | undefined> {
  const { folder } = choice;
  if (choice.kind === 'found') return chooseCandidate(folder, choice.candidate, choices);
  const command = await vscode.window.showInputBox({
    prompt: 'The command that starts the server, as you would type it in a terminal',
    placeHolder: 'node server.js',
  });
  if (command === undefined || command.trim() === '') return undefined;
  const { readPackageJson } = await import('../../detect/detect.ts');
  const main = await readPackageJson(folder, readFile);
  const name = main?.name ?? vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder))?.name ?? 'server';
  return chooseCandidate(folder, { name, command: command.trim(), cwd: folder, found: 'typed' }, choices);
}

export async function chooseCandidate(
  folder: string,
  { name, command, cwd, env, envFile }: Candidate,
  choices: Choices,
): Promise<ServerRef> {
  const chosen = { name, command, cwd: relative(folder, cwd), ...(env === undefined ? {} : { env }) };
  const file = envFile === undefined ? {} : { envFile: relative(folder, envFile) };
  await choices.choose(folder, { ...chosen, ...file });
  return { folder, server: name };
}

function describe(server: KnownServer): vscode.QuickPickItem {
  const { definition, status, ref } = server;
  const command = definition?.command ?? status?.command ?? '';
  return {
    label: `$(${isRunning(server) ? 'arrow-swap' : 'circle-outline'}) ${ref.server}`,
    description: typeof command === 'string' ? command : command.join(' '),
    ...(status !== undefined && isRunning(server) ? { detail: indicate(status, true).label } : {}),
  };
}
