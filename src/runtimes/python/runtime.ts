/** Python: an unmodified server takes part by an adapter on PYTHONPATH (adapter/sitecustomize.py). */
import { cpSync } from 'node:fs';
import path from 'node:path';
import type { Runtime } from '../runtime.ts';
import { isDependency } from './dependency.ts';
import { failedListen, locateError } from './error-location.ts';
import { PythonPlanner } from './planner.ts';

/** As a folder in the bundle, and where it is installed. */
const adapter = 'python';
/** Where Python looks for modules first: https://docs.python.org/3/using/cmdline.html#envvar-PYTHONPATH */
const searched = 'PYTHONPATH';

/** Of the language's own, with any version; and those that run one server of a framework or a protocol. */
const interpreter = /^(?:python|pypy)(?:\d+(?:\.\d+)?)?t?$/;
const programs = new Set('flask uvicorn gunicorn hypercorn fastapi daphne waitress-serve'.split(' '));

export const python: Runtime = {
  name: 'python',
  participation: 'adapter',
  promise: 'Python adapter',
  sources: {
    isDependency,
    conventional: [],
    namedIn: () => [],
    isCode: (file) => file.endsWith('.py'),
    mayGoUnreported: () => false,
  },
  errors: {
    locate: locateError,
    failedListen,
    notReadyAdvice: 'Is it a Python server, and does its start script leave PYTHONPATH as it is?',
    uninvited: {
      missing: "Hot Swap's Python adapter",
      advice:
        'Is it run with -I, -E or -S, or does its start script replace PYTHONPATH? Extend PYTHONPATH instead of setting it.',
    },
  },
  planner: () => new PythonPlanner(),
  recognises: (program) => interpreter.test(program) || programs.has(program),
  install: (bundle, folder) => {
    cpSync(path.join(bundle, adapter), path.join(folder, adapter), { recursive: true });
  },
  equip: (env, folder) => {
    const before = env[searched];
    const own = path.join(folder, adapter);
    // An empty entry would be the folder in which the command runs.
    const all = before === undefined || before === '' ? own : `${own}${path.delimiter}${before}`;
    return { ...env, [searched]: all };
  },
  entries: (folder) => ({ [searched]: path.join(folder, adapter) }),
};
