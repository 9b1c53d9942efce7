/** Programs that run any command anew when files change, and what they would run. */
import { names, stripFlags, type FlagRules } from '../reading/flags.ts';
import { watched, type Watched } from './watched.ts';

const exec = ['-x', '--exec'];
const supervisor: FlagRules = {
  drop: names(
    '--ignore-symlinks -t --non-interactive -k --instant-kill --force-watch -s --timestamp -q --quiet -V --verbose',
  ),
  dropWithValue: names(
    `-w --watch -i --ignore -p --poll-interval -e --extensions -n --no-restart-on ${exec.join(' ')}`,
  ),
  keepWithValue: [],
};
const command = ['-c'];
const forever: FlagRules = {
  drop: names(
    '-a --append -f --fifo -d --debug -v --verbose -s --silent -w --watch -t --killTree --colors --plain',
  ),
  dropWithValue: names(
    `-m -l -o -e -p -n --id --pidFile --workingDir --sourceDir --minUptime --spinSleepTime --watchDirectory ` +
      `--watchIgnore --killSignal --uid ${command.join(' ')}`,
  ),
  keepWithValue: [],
};

/** npm's `supervisor`. */
export function unwatchSupervisor(words: readonly string[]): Watched {
  return runBy('supervisor', words.slice(1), supervisor, exec);
}

/** `forever -w`, in the foreground: without that flag it only starts again what died. */
export function unwatchForever(words: readonly string[]): Watched | undefined {
  const args = words.slice(1);
  const watches = stripFlags(args, forever).dropped.some((flag) => flag === '-w' || flag === '--watch');
  return watches && args[0] !== 'start' ? runBy('forever -w', args, forever, command) : undefined;
}

/** Those that have their command after `--`, and end it before they run it again. */
export function unwatchRest(program: string, words: readonly string[], flag: RegExp): Watched | undefined {
  const end = words.indexOf('--');
  const rest = words.slice(end + 1);
  const [first] = rest;
  if (end < 0 || first === undefined || !words.slice(1, end).some((word) => flag.test(word)))
    return undefined;
  // A line for a shell, or with a place for the name of what has changed.
  if ((rest.length === 1 && /\s/.test(first)) || rest.some((word) => word.includes('{{'))) return undefined;
  return watched(program, rest);
}

/** `by`: the flag that names what runs the script, instead of Node. Its other flags are Node's. */
function runBy(watcher: string, args: readonly string[], rules: FlagRules, by: readonly string[]): Watched {
  const kept = stripFlags(args, rules).kept.filter((word) => word !== '--');
  const at = args.findIndex((word) => by.includes(word));
  const script = kept.find((word) => !word.startsWith('-')) ?? '';
  const usual = script.endsWith('.coffee') ? 'coffee' : 'node';
  const program = at < 0 || at > args.indexOf(script) ? [usual] : (args[at + 1] ?? usual).split(' ');
  return watched(watcher, [...program, ...kept]);
}
