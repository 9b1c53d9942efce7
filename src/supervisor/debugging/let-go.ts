/**
 * Lets a process go on that waits for a debugger which does not come. It listens to nothing but its inspector: one word
 * of the DevTools protocol, in one frame of a WebSocket.
 */
import { randomBytes } from 'node:crypto';
import http from 'node:http';

const host = '127.0.0.1';

const word = JSON.stringify({ id: 1, method: 'Runtime.runIfWaitingForDebugger' });

/** One that says nothing for so long (ms) is as good as gone. */
const patienceMs = 10_000;

/** Resolves when it was told; to false: it is not there any more. */
export async function letGo(port: number): Promise<boolean> {
  const address = await addressOf(port).catch(() => undefined);
  if (address === undefined) return false;
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Version': '13',
  };
  return await new Promise<boolean>((resolve) => {
    const request = http.get({ port, host, path: address.pathname, headers, timeout: patienceMs });
    request.on('error', () => resolve(false));
    request.on('response', () => request.destroy(new Error('it speaks to nobody')));
    request.on('timeout', () => request.destroy(new Error('it says nothing')));
    request.on('upgrade', (_response, socket) => {
      socket.on('error', () => undefined); // it has ended
      // Its answer says that it has read it.
      socket.once('data', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('close', () => resolve(false));
      socket.write(textFrame(word));
    });
  });
}

function addressOf(port: number): Promise<URL> {
  return new Promise((resolve, reject) => {
    const request = http.get({ port, host, path: '/json/list', timeout: patienceMs }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('error', reject);
      response.on('end', () => {
        const [target] = JSON.parse(text) as readonly { readonly webSocketDebuggerUrl: string }[];
        if (target === undefined) reject(new Error('nothing to debug there'));
        else resolve(new URL(target.webSocketDebuggerUrl));
      });
    });
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error('it says nothing')));
  });
}

/** RFC 6455, section 5.2: final, text, masked, shorter than 126 bytes. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  const masked = payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length]), mask, masked]);
}
