/**
 * Which generations a debugger has stopped, by what js-debug tells the editor of its sessions. A step goes on and stops
 * again: between the two the generation counts as stopped, or a swap would come in the midst of it.
 */
import * as vscode from 'vscode';

/** A step that takes longer (ms) has left the code that was stepped through. */
const stepMs = 700;

const steps = ['next', 'stepIn', 'stepOut', 'stepBack', 'restartFrame', 'goto'];

interface Message {
  readonly type: string;
  readonly event?: string;
  readonly command?: string;
  readonly success?: boolean;
}

export type PausesListener = (generation: vscode.DebugSession, isPaused: boolean) => void;

/** `generationOf`: the session of the generation that a session belongs to, if it does. */
export function trackPauses(
  generationOf: (session: vscode.DebugSession) => vscode.DebugSession | undefined,
  listener: PausesListener,
): vscode.Disposable {
  /** By generation's session: the sessions of its processes and threads that are stopped. */
  const stopped = new Map<string, Set<string>>();
  return vscode.debug.registerDebugAdapterTrackerFactory('pwa-node', {
    createDebugAdapterTracker: (session) => {
      const generation = generationOf(session);
      if (generation === undefined) return undefined;
      const all = stopped.get(generation.id) ?? new Set();
      stopped.set(generation.id, all);
      let last = '';
      let later: NodeJS.Timeout | undefined;
      const goesOn = (): void => {
        clearTimeout(later);
        later = undefined;
        if (all.delete(session.id) && all.size === 0) listener(generation, false);
      };
      const stops = (): void => {
        clearTimeout(later);
        later = undefined;
        if (all.size === 0) listener(generation, true);
        all.add(session.id);
      };
      const continues = (): void => {
        if (steps.includes(last)) later ??= setTimeout(goesOn, stepMs);
        else goesOn();
      };
      return {
        onWillReceiveMessage: ({ type, command }: Message) => {
          if (
            type === 'request' &&
            command !== undefined &&
            [...steps, 'continue', 'disconnect'].includes(command)
          )
            last = command;
        },
        onDidSendMessage: ({ type, event, command, success }: Message) => {
          if (type === 'event' && event === 'stopped') stops();
          else if (type === 'event' && event === 'continued') continues();
          else if (type === 'response' && command === last && success === true) continues();
        },
        onWillStopSession: goesOn,
        onExit: goesOn,
      };
    },
  });
}
