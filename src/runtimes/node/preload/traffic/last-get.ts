/** Remembers what was asked for last and answered well, so that a successor can be asked for it before it serves. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What takes longer (ms) would not warm a successor in time: streams, long polls. */
const quickMs = 500;

export class LastGet {
  /** As in the request line; undefined if there was none. */
  path: string | undefined;

  /** `path`: one that is known to be answered well. */
  constructor(path?: string) {
    this.path = path;
  }

  note(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET') return;
    const { url } = request;
    const began = Date.now();
    response.once('finish', () => {
      if (response.statusCode < 400 && Date.now() - began < quickMs) this.path = url;
    });
  }
}
