/**
 * A process of its own that keeps many connections to one server and asks on all of them at once when told to:
 * `many-connections.mts PORT COUNT LOCAL_ADDRESS`. Raw sockets: an http.Agent would hide what becomes of each.
 */
import net from 'node:net';

/** What came of one request on each connection. */
export interface Asked {
  /** Body → how often. */
  readonly bodies: Readonly<Record<string, number>>;
  /** What went wrong → how often. */
  readonly failures: Readonly<Record<string, number>>;
}

/** At once; a server's backlog is finite. */
const opening = 200;

const [port, count, localAddress] = process.argv.slice(2);
const sockets: net.Socket[] = [];
const bodies: Record<string, number> = {};
const failures: Record<string, number> = {};

process.on('message', () => void askAll(sockets).then(report));
process.on('disconnect', () => process.exit());
await Promise.all(Array.from({ length: opening }, openSome));
report();

async function openSome(): Promise<void> {
  while (sockets.length < Number(count)) {
    const socket = net.connect({ port: Number(port), host: '127.0.0.1', localAddress });
    sockets.push(socket);
    socket.setEncoding('latin1');
    await ask(socket);
  }
}

async function askAll(all: readonly net.Socket[]): Promise<void> {
  await Promise.all(all.map(ask));
}

/** Resolves when the answer is whole, or never will be. */
function ask(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => {
    let text = '';
    const end = (counts: Record<string, number>, what: string): void => {
      counts[what] = (counts[what] ?? 0) + 1;
      socket.off('data', onData).off('error', onError).off('close', onClose);
      socket.on('error', () => undefined);
      resolve();
    };
    const onData = (piece: string): void => {
      text += piece;
      const head = text.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/^content-length: (\d+)/im.exec(text)?.[1]);
      const body = text.slice(head + 4);
      if (body.length < length) return;
      if (text.startsWith('HTTP/1.1 200 ') && body.length === length) end(bodies, body);
      else end(failures, text.slice(0, 200));
    };
    const onError = (error: Error): void => end(failures, `${error.message} after ${text.length} bytes`);
    const onClose = (): void => end(failures, `closed after ${text.length} bytes`);
    socket.on('data', onData).on('error', onError).on('close', onClose);
    if (socket.destroyed) onClose();
    else socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  });
}

function report(): void {
  process.send?.({ bodies, failures } satisfies Asked);
  for (const counts of [bodies, failures])
    for (const what of Object.keys(counts)) Reflect.deleteProperty(counts, what);
}
