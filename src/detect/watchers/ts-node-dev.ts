/** ts-node-dev (`tsnd`): ts-node with a watcher around it; its own options are dropped, ts-node's kept. */
import { names, stripFlags, type FlagRules } from '../reading/flags.ts';
import { watched, type Watched } from './watched.ts';

const rules: FlagRules = {
  drop: names(
    '--respawn --poll --clear --cls --quiet --notify --no-notify --exit-child --rs --tree-kill --all-deps ' +
      '--no-deps --debug --ignore-watch-none',
  ),
  dropWithValue: names(
    '--deps --dedupe --watch --ignore-watch --interval --debounce --deps-level --cache-directory --graceful_ipc',
  ),
  keepWithValue: names('-P --project -r --require -O --compiler-options -C --compiler -I --ignore -D'),
};
/** Their value is optional there, so that the next word is not it. */
const bareInPractice = ['--deps', '--dedupe'];

/** `words` begin with ts-node-dev. */
export function unwatchTsNodeDev(words: readonly string[]): Watched {
  const args = words.slice(1).filter((arg) => !bareInPractice.includes(arg));
  const { kept } = stripFlags(args, rules);
  const inspect = kept.filter((arg) => /^--inspect(-brk)?(=|$)/.test(arg));
  const rest = kept.filter((arg) => !inspect.includes(arg));
  // ts-node has no --inspect of its own.
  return watched(
    'ts-node-dev',
    ['ts-node', ...rest],
    inspect.length === 0 ? undefined : { NODE_OPTIONS: inspect.join(' ') },
  );
}
