/** A Python server takes part without a change of its own. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onlyInAll } from '../tools/everything.mts';
import { lacksPython, python } from '../tools/python.mts';
import { httpServer } from './python-apps.ts';
import { swapsUnderLoad } from './python-swaps.ts';
import { Running } from './running.ts';

/** `/slow` is answered once there is a file `go`; `/` tells what the app sees of us. */
const own = (version: string): string => `
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

seen = [
    os.environ.get("PYTHONPATH"),
    os.environ.get("HOT_SWAP"),
    sys.modules["sitecustomize"].OWNER,
    any("hot_swap" in thread.name for thread in threading.enumerate()),
]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        while self.path == "/slow" and not os.path.exists("go"):
            time.sleep(0.01)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"${version} {seen}".encode())


server = ThreadingHTTPServer(("", int(os.environ["PORT"])), Handler)
seen[0:2] = [os.environ.get("PYTHONPATH"), os.environ.get("HOT_SWAP")]
server.serve_forever()
`;

describe('a Python server', { skip: lacksPython() ?? false }, () => {
  it('is swapped under load, and rolled back from a broken edit', async (t) => {
    const app = await swapsUnderLoad(t, httpServer);
    await app.retired(1);
  });

  it('finishes its answers, and has its own sitecustomize and environment', async (t) => {
    const app = await Running.start(t, {
      files: { 'server.py': own('v1'), 'lib/sitecustomize.py': 'OWNER = "user"\n' },
      command: [python, 'server.py'],
      env: { PYTHONPATH: 'lib' },
    });
    await app.serving(1);
    const slow = app.get('/slow');
    assert.equal((await app.get('/')).body, "v1 ['lib', None, 'user', False]");
    app.replace('server.py', own('v2'));
    await app.serving(2);
    assert.match((await app.get('/')).body, /^v2/);
    app.write('go', '');
    assert.match((await slow).body, /^v1/);
    const { finished, lost } = await app.retired(1);
    assert.deepEqual([finished, lost], [1, 0]);
  });

  it('that keeps us out is left alone', onlyInAll, async (t) => {
    const files = httpServer.files('v1');
    const app = await Running.start(t, { files, command: [python, '-I', 'server.py'] });
    await app.serving(1);
    const { message } = await app.event('notice');
    assert.match(message, /without Hot Swap's Python adapter, .* Is it run with -I/);
    assert.equal((await app.get('/')).body, 'v1');
    assert.equal((await app.status()).unmanaged, "Hot Swap's Python adapter");
  });
});
