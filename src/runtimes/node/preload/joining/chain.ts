/**
 * Carries the inherited descriptors through wrappers (npm, sh, tsx…) down to the process that listens. Node
 * sets close-on-exec on every descriptor it inherits, so each spawn has to pass them on by hand.
 */
import type { ChildProcess } from 'node:child_process';
import type { Invitation } from '../../../protocol/messages.ts';
import { patchOnLoad } from '../engine/patch-on-load.ts';
import { bindingOf } from '../engine/bindings.ts';
import { inviteChild, withPortTools } from './invitation.ts';

interface SpawnOptions {
  readonly file?: string;
  readonly args?: readonly string[];
  readonly stdio?: string | readonly unknown[];
  readonly envPairs?: readonly string[];
  readonly detached?: boolean;
}
type Spawn = (this: ChildProcess, options: SpawnOptions) => number;

/**
 * Until the returned function is called, and not while this process `isServing`: children of a server must not hold
 * its listening sockets open, and those that are Node only keep the journal. Detached children get nothing if they are
 * daemons: `dotenv run` detaches the command that it runs, too, to pass on signals to all of it.
 */
export function carryThroughSpawns(
  invitation: Invitation,
  preload: string,
  isServing: () => boolean,
): () => void {
  let over = false; // for who has wrapped ours, or loads child_process later
  const by = [...(invitation.by ?? []), process.pid];
  const helper = (): Invitation => ({
    ...invitation,
    by,
    listeners: {},
    handles: -1,
    standby: undefined,
    helps: true,
  });
  const carrying = (spawn: Spawn): Spawn =>
    function (options) {
      if (options.detached === true && (isServing() || !printsAsWe(options)))
        return spawn.call(this, options);
      if (over || isServing()) {
        if (invitation.journal === undefined || !isNode(options.file)) return spawn.call(this, options);
        const envPairs = inviteChild(options.envPairs ?? [], helper(), preload);
        return spawn.call(this, { ...options, envPairs });
      }
      const given = options.stdio ?? 'pipe';
      const stdio: unknown[] = typeof given === 'string' ? [given, given, given] : [...given];
      while (stdio.length < 3) stdio.push(undefined);
      const visible = stdio.length;
      const listeners: Record<string, number> = {};
      for (const [key, fd] of Object.entries(invitation.listeners)) listeners[key] = stdio.push(fd) - 1;
      const handles = stdio.push(invitation.handles) - 1;
      const standby =
        invitation.standby === undefined
          ? undefined
          : { ...invitation.standby, fd: stdio.push(invitation.standby.fd) - 1 };
      const envPairs = inviteChild(
        options.envPairs ?? [],
        { ...invitation, by, listeners, handles, standby },
        preload,
      );
      const result = spawn.call(this, { ...options, stdio, envPairs });
      // The parent sees the stdio that it asked for.
      if (Array.isArray(this.stdio)) (this.stdio as unknown[]).length = visible;
      return result;
    };
  const hasListeners = Object.keys(invitation.listeners).length > 0;
  lendToSync((options) => {
    const { envPairs = [] } = options;
    if (invitation.journal !== undefined && runsNode(options))
      return inviteChild(envPairs, helper(), preload);
    return over || isServing() || !hasListeners ? envPairs : withPortTools(envPairs, invitation);
  });
  const childProcess = {
    builtin: 'internal/child_process',
    binding: 'process_wrap',
    taken: 'Process',
    method: 'spawn',
    load: () =>
      (require('node:child_process') as { ChildProcess: { prototype: Record<string, Spawn> } }).ChildProcess,
  };
  const giveBack = patchOnLoad(childProcess, carrying);
  return () => {
    over = true;
    if (invitation.journal === undefined) giveBack();
  };
}

function printsAsWe({ stdio }: SpawnOptions): boolean {
  const output: unknown = Array.isArray(stdio) ? (stdio as unknown[])[1] : stdio;
  // Not compared with process.stdout, which is made when it is asked for.
  return output === 'inherit' || output === 1 || (output as { readonly fd?: unknown } | undefined)?.fd === 1;
}

function isNode(file: string | undefined): boolean {
  return file === process.execPath || /(?:^|[\\/])node$/.test(file ?? '');
}

/** By itself, or in a line for a shell: the environment of all others is theirs to show. */
function runsNode({ file, args = [] }: SpawnOptions): boolean {
  const runner = /(?:^|[\s;&|/'"(])(?:node|npm|npx|yarn|pnpm|tsx|ts-node)(?=[\s'")]|$)/;
  return isNode(file) || args.some((words) => runner.test(words));
}

/** Who waits for a child asks it something, or has it make something; it is no server. */
function lendToSync(lend: (options: SpawnOptions) => readonly string[]): void {
  const binding = bindingOf('spawn_sync') as { spawn?: (options: SpawnOptions) => unknown } | undefined;
  const spawn = binding?.spawn;
  if (binding === undefined || spawn === undefined) return;
  binding.spawn = function (this: unknown, options): unknown {
    const lent = options.envPairs === undefined ? options : { ...options, envPairs: lend(options) };
    return Reflect.apply(spawn, this, [lent]);
  };
}
