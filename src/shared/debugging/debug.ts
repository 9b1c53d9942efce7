/** What the supervisor and its clients say of a server's debugging. */

/** Of a server to whose generations a debugger is attached. */
export interface DebugStatus {
  /** Generations that a debugger has stopped, at a breakpoint, say. */
  readonly paused: readonly number[];
  /** The next generation is good, and waits until the one that serves goes on. */
  readonly pending: boolean;
}

/** Where a debugger can be attached to one process of a generation. */
export interface Inspectable {
  readonly server: string;
  /** 0: of a standby, which is no generation yet. It is told again with its release. */
  readonly generation: number;
  readonly pid: number;
  /** On the loopback interface. */
  readonly port: number;
  /** It runs on once a debugger has let it. */
  readonly waits: boolean;
  /** It is a standby, or was made of one: it runs on once `attached` was said after its release. */
  readonly ahead?: boolean | undefined;
}

export function pendingText(paused: number, next: number): string {
  return `paused in gen ${String(paused)}: the swap follows when you continue. Gen ${String(next)} is ready.`;
}
