/** `hot-swap run`: a server in the foreground, with its handoffs and its output. */
import path from 'node:path';
import type { Failure } from '../shared/failure.ts';
import { byCommand } from '../shared/model.ts';
import type { Cause, HandoffEvent, OutputChunk } from '../shared/model.ts';
import { Labels } from '../shared/words/labels.ts';
import { Narrator } from '../shared/words/narrate.ts';
import * as rpc from '../shared/rpc.ts';
import type { Attached } from '../client/attach.ts';
import type { Command } from './arguments.ts';
import { CommandReader } from './command-reader.ts';
import { Signals } from './signals.ts';
import { attachOrStart, shutDown } from './supervisor.ts';

/** A first start that fails for one of these is not cured by editing a file. */
const hopeless: readonly Failure['reason'][] = ['commandNotFound', 'spawnFailed'];

export async function run(command: Command & { command: 'run' }): Promise<number> {
  const signals = new Signals();
  const cwd = path.resolve(command.cwd);
  const reader = new CommandReader(command, cwd);
  const unwrapped = await reader.read();
  const attached = await attachOrStart(cwd);
  const { connection } = attached;
  const spec = reader.specOf(unwrapped);
  const running = attached.hello.servers.find(
    (server) => server.name === spec.name && server.state !== 'off',
  );
  if (running !== undefined) {
    process.stderr.write(
      `hot-swap: ${spec.name} already runs here; "hot-swap swap" swaps it, "hot-swap stop" ends it\n`,
    );
    attached.dispose();
    return 2;
  }
  const show = command.json ? showAsJson() : showAsText(cwd);
  if (unwrapped.note !== undefined) show.note(unwrapped.note);
  connection.onNotification(rpc.didPrint, show.output);
  const ended = untilEnded(attached, spec.name, (event) => {
    show.event(event);
    if (event.event === 'starting' && reader.hasRead(event.cause.files))
      void redefine(attached, reader, show.note, event.cause);
  });
  await connection.sendRequest(rpc.define, spec);
  process.on('SIGUSR2', () => void swap(attached, spec.name));
  passInput(attached, spec.name);
  const starting = connection.sendRequest(rpc.start, { server: spec.name });
  // A signal may have come already: whatever has not begun can't be stopped.
  signals.listen((signal, nth) => void stop(attached, spec.name, nth > 1 ? 'SIGKILL' : signal));
  const outcome = await starting;
  if (outcome.outcome === 'rolledBack' && (!command.watch || hopeless.includes(outcome.failure.reason))) {
    await end(attached, spec.name);
    return 1;
  }
  const code = await ended;
  await end(attached, spec.name);
  return signals.wasKilled ? 1 : code;
}

/** Of what the command was read may have changed: if it is another one, that is what is to be started. */
async function redefine(
  { connection }: Attached,
  reader: CommandReader,
  say: (sentence: string) => void,
  cause: Cause,
): Promise<void> {
  const change = await reader.changed();
  if (change === undefined) return;
  say(change.sentence);
  if (change.spec === undefined) return;
  await connection.sendRequest(rpc.define, change.spec);
  await connection.sendRequest(rpc.swap, { server: change.spec.name, cause });
}

interface Show {
  readonly event: (event: HandoffEvent) => void;
  readonly output: (chunk: OutputChunk) => void;
  readonly note: (sentence: string) => void;
}

function showAsJson(): Show {
  return {
    event: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
    output: (chunk) => process.stderr.write(chunk.text),
    note: (sentence) => process.stderr.write(`hot-swap: ${sentence}\n`),
  };
}

function showAsText(cwd: string): Show {
  const narrator = new Narrator((file) => path.relative(cwd, file));
  const labels = new Labels();
  return {
    event: (event) => {
      for (const line of narrator.lines(event)) {
        if (line.level !== 'debug') process.stderr.write(`[hot-swap] ${line.text}\n`);
      }
    },
    output: (chunk) => {
      if (chunk.part === undefined) process[chunk.stream].write(chunk.text);
      else for (const line of labels.lines(chunk)) process[chunk.stream].write(`${line}\n`);
    },
    note: (sentence) => process.stderr.write(`[hot-swap] ${sentence}\n`),
  };
}

/** The server's exit code. */
function untilEnded(
  attached: Attached,
  server: string,
  show: (event: HandoffEvent) => void,
): Promise<number> {
  return new Promise((resolve) => {
    let ending = false;
    attached.connection.onNotification(rpc.didHappen, (event) => {
      if (event.server !== server) return;
      show(event);
      if (event.event !== 'stopped') return;
      ending = true;
      resolve(event.exitCode ?? 0);
    });
    attached.onClose(() => {
      if (ending) return;
      process.stderr.write('hot-swap: the supervisor is gone, and its servers with it\n');
      resolve(1);
    });
  });
}

/** As the terminal would: the server's own handler of that signal runs. The second time nobody is asked. */
async function stop(attached: Attached, server: string, signal: NodeJS.Signals): Promise<void> {
  try {
    await attached.connection.sendRequest(rpc.stop, { server, signal });
  } catch {
    // A connection that is gone is told by its `onClose`.
  }
}

async function swap(attached: Attached, server: string): Promise<void> {
  await attached.connection.sendRequest(rpc.swap, { server, cause: byCommand() });
}

function passInput(attached: Attached, server: string): void {
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (text: string) => {
    void attached.connection.sendNotification(rpc.input, { server, text });
  });
  process.stdin.on('end', () => {
    void attached.connection.sendNotification(rpc.input, { server, text: '', isLast: true });
  });
  process.stdin.on('error', () => undefined); // no terminal: no input
}

/** Nothing stays behind, unless other servers of this folder run for someone else. */
async function end(attached: Attached, server: string): Promise<void> {
  try {
    await attached.connection.sendRequest(rpc.stop, { server });
    const statuses = await attached.connection.sendRequest(rpc.status);
    if (statuses.every((status) => status.state === 'off')) await shutDown(attached);
  } catch {
    // It is gone already.
  }
  attached.dispose();
}
