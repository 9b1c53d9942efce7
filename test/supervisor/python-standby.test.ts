/** What waits for the next save is, to the app, what a cold start would be. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lacksPython, python } from '../tools/python.mts';
import { Running } from './running.ts';

/** Packages that do all kinds of things while they load; by what is told of them. */
const packages = {
  plain: 'import json\nVALUE = json.dumps("plain")',
  data: 'import os\nwith open(os.path.join(os.path.dirname(__file__), "data.txt")) as f: VALUE = f.read()',
  warns: 'import warnings\nwarnings.simplefilter("ignore", ResourceWarning)\nVALUE = 1',
  optional: 'try:\n    import absent\nexcept ImportError:\n    absent = None\nVALUE = absent is None',
  broken: 'try:\n    import crooked\nexcept ValueError:\n    pass\nVALUE = 1',
  crooked: 'raise ValueError("always")',
  threads:
    'import threading\nGO = threading.Event()\nthreading.Thread(target=GO.wait, daemon=True).start()\nVALUE = 1',
  prints: 'print("a package speaks", flush=True)\nVALUE = 1',
  variable: 'import os\nVALUE = os.environ.get("MODE")',
  exits: 'import atexit\natexit.register(lambda: None)\nVALUE = 1',
  handles: 'import signal\nsignal.signal(signal.SIGUSR1, lambda *_: None)\nVALUE = 1',
  opens: 'import os\nVALUE = os.open(os.devnull, os.O_RDONLY) > 2',
  main: 'import sys\nVALUE = getattr(sys.modules["__main__"], "MARK", None)',
  settings: 'import config\nVALUE = config.NAME',
  leads: 'import threads, variable\nVALUE = variable.VALUE',
  writes: 'import os\nwith open("written", "a") as f: f.write("x")\nVALUE = os.path.getsize("written") > 0',
} as const;

const leftToTheApp = [
  'exits (has something done at the exit)',
  'handles (handles a signal)',
  'main (looks at the main module)',
  'opens (keeps something open)',
  'prints (prints)',
  "settings (loads config, which is the app's)",
  'threads (starts a thread)',
  'variable (reads MODE)',
  'writes (writes a file)',
];

const names = Object.keys(packages).filter((name) => name !== 'crooked');

const app = (version: string): string => `
MARK = "of the app"
import os
import sys

os.environ["MODE"] = "set by the app"
first = dict(argv=sys.argv, orig=sys.orig_argv, path=list(sys.path), flags=str(sys.flags), file=__file__,
             main=sys.modules["__main__"].__file__, cwd=os.getcwd(), name=__name__, spec=str(__spec__))

import own.later
import logging
import threading
import warnings
${names.map((name) => `import ${name}`).join('\n')}
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

print("the app has begun", flush=True)
ours = [name for name in sys.modules if name in ("config", "own", "own.later", "own.first")]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        seen = dict(first, own=ours, modules=sorted(name for name in sys.modules if "hot_swap" not in name),
                    loaders=[type(sys.modules[name].__loader__).__name__ for name in ${JSON.stringify(names)}],
                    values=[${names.map((name) => `${name}.VALUE`).join(', ')}],
                    threads=threading.active_count() - 1, filters=str(warnings.filters),
                    environ={k: v for k, v in os.environ.items()}, finders=[str(one)[:40] for one in sys.path_hooks],
                    fds=len(os.listdir("/proc/self/fd")), young=logging.makeLogRecord({}).relativeCreated < 600000)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(("${version} " + json.dumps(seen, sort_keys=True)).encode())

    def log_message(self, *_):
        pass


import json

ThreadingHTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
`;

const packageFiles = Object.fromEntries(
  Object.entries(packages).map(([name, text]) => [`lib/site-packages/${name}/__init__.py`, `${text}\n`]),
);

describe('a Python standby', { skip: lacksPython() ?? false }, () => {
  it('is to the app what a cold start is, and no more once what it has loaded changed', async (t) => {
    const run = await Running.start(t, {
      files: {
        'server.py': app('v1'),
        'config.py': 'NAME = "of the app"\n',
        'own/__init__.py': '',
        'own/first.py': '',
        'own/later.py': 'from . import first\n',
        ...packageFiles,
        'lib/site-packages/data/data.txt': 'data',
      },
      command: [python, '-W', 'default', 'server.py', 'an argument'],
      env: { PYTHONPATH: 'lib/site-packages' },
      standby: true,
    });
    let saves = 1;
    const swap = async (): Promise<{ readonly fromStandby: boolean; readonly seen: string }> => {
      saves += 1;
      run.replace('server.py', app(`v${String(saves)}`));
      const { standby } = await run.serving(saves);
      const { body } = await run.get('/');
      assert.match(body, new RegExp(`^v${String(saves)} `));
      return { fromStandby: standby, seen: body.slice(3) };
    };
    const warm = async (): Promise<readonly string[]> => {
      await run.times('standby', saves, ({ state }) => state === 'warm');
      return run.events.flatMap((one) => ('leftOut' in one ? [one.leftOut] : [])).at(-1) ?? [];
    };
    await run.serving(1);
    const cold = (await run.get('/')).body.slice(3);
    const printed = run.output;
    assert.deepEqual([...(await warm())].sort(), leftToTheApp);

    const { fromStandby, seen } = await swap();
    assert.equal(fromStandby, true);
    assert.deepEqual(JSON.parse(seen), JSON.parse(cold));
    assert.equal(run.output, printed + printed);

    await warm();
    run.write('lib/site-packages/data/data.txt', 'more');
    const afterData = await swap();
    assert.match(afterData.seen, /"more"/);

    await warm();
    run.write('plain.py', 'VALUE = "a new file of the app comes first"\n');
    assert.match((await swap()).seen, /a new file of the app comes first/);
  });
});
