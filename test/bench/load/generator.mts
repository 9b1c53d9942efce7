// Closed loop on bare sockets: reads just enough HTTP to know where a response ends, so that on a machine of two
// cores the server is what is measured.
import net from 'node:net';
import type { Tally, Task } from './generatorHandle.mts';

process.on('message', (task: Task) => void run(task).then((tally) => process.send!(tally)));

async function run({ port, connections, ms }: Task): Promise<Tally> {
  const tally: Tally = { requests: 0, errors: 0, ms: 0, medianMs: NaN };
  const took: number[] = [];
  const start = performance.now();
  const end = start + ms;
  await Promise.all(Array.from({ length: connections }, () => keepAsking(port, end, tally, took)));
  tally.ms = performance.now() - start;
  tally.medianMs = took.sort((a, b) => a - b)[took.length >> 1] ?? NaN;
  return tally;
}

/** Ends after the first response that comes after the end; a connection that breaks is an error and stays away. */
function keepAsking(port: number, end: number, tally: Tally, took: number[]): Promise<void> {
  const request = `GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`;
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    let received = Buffer.alloc(0);
    let over = false;
    let sent = 0;
    const send = (): void => {
      sent = performance.now();
      socket.write(request);
    };
    socket.setNoDelay(true);
    socket.once('connect', send);
    socket.on('data', (piece) => {
      received = received.length === 0 ? piece : Buffer.concat([received, piece]);
      const length = responseLength(received);
      if (length === undefined || received.length < length) return;
      received = received.subarray(length);
      tally.requests++;
      const now = performance.now();
      took.push(now - sent);
      if (now < end) {
        send();
        return;
      }
      over = true;
      socket.end();
    });
    socket.once('error', () => {}); // 'close' follows and counts it
    socket.once('close', () => {
      if (!over) tally.errors++;
      resolve();
    });
  });
}

/** Head and body in bytes, once the head is whole. */
function responseLength(received: Buffer): number | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = received.toString('latin1', 0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (!head.startsWith('HTTP/1.1 200') || length === undefined)
    throw new Error(`unexpected response: ${head}`);
  return headEnd + 4 + Number(length);
}
