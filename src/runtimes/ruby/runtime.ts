/** Ruby: an unmodified server takes part by an adapter in RUBYOPT (adapter/hot_swap_adapter.rb). */
import { cpSync } from 'node:fs';
import path from 'node:path';
import type { Runtime } from '../runtime.ts';
import { isDependency } from './dependency.ts';
import { failedListen, locateError } from './error-location.ts';

/** As a folder in the bundle, and where it is installed. */
const adapter = 'ruby';
/** Options for every Ruby: `man ruby`. They are taken apart at blanks, and know no quotes. */
const options = 'RUBYOPT';

const programs = new Set('ruby puma rackup rails webrick'.split(' '));

export const ruby: Runtime = {
  name: 'ruby',
  participation: 'adapter',
  showsPast: false,
  promise: 'Ruby adapter',
  sources: {
    isDependency,
    conventional: [],
    namedIn: () => [],
    isCode: (file) => /\.(?:rb|ru)$/.test(file),
    mayGoUnreported: () => false,
  },
  errors: {
    locate: locateError,
    failedListen,
    notReadyAdvice: 'Is it a Ruby server, and does its start script leave RUBYOPT as it is?',
    uninvited: {
      missing: "Hot Swap's Ruby adapter",
      advice: 'Does its start script replace RUBYOPT? Extend RUBYOPT instead of setting it.',
    },
  },
  recognises: (program) => programs.has(program),
  install: (bundle, folder) => {
    cpSync(path.join(bundle, adapter), path.join(folder, adapter), { recursive: true });
  },
  equip: (env, folder) => {
    const own = optionFor(folder);
    const before = env[options];
    if (own === undefined) return env;
    return { ...env, [options]: before === undefined || before === '' ? own : `${own} ${before}` };
  },
  entries: (folder) => {
    const own = optionFor(folder);
    return own === undefined ? {} : { [options]: own };
  },
};

/** Undefined where it can not be said. */
function optionFor(folder: string): string | undefined {
  const file = path.join(folder, adapter, 'hot_swap_adapter.rb');
  return /\s/.test(file) ? undefined : `-r${file}`;
}
