/**
 * pm2 in the foreground: `pm2-runtime`, `pm2-dev`, `pm2 start --no-daemon`. It starts the app detached from it, and ends
 * what it restarts before it starts the next.
 */
import { names, stripFlags, type FlagRules } from '../reading/flags.ts';
import { watched, type Watched } from './watched.ts';

/** Those that do not change what is run. Others (`-i`: a cluster; `--only`: of a file with several) do. */
const rules: FlagRules = {
  drop: names(
    '--watch --raw --formatted --json --format --no-auto-exit --auto-exit --no-daemon --attach --no-autorestart ' +
      '--timestamp --time --silent-exec --test-mode -f --force --no-vizion --merge-logs',
  ),
  dropWithValue: names(
    '-n --name --ignore --ignore-watch --watch-delay --max-memory-restart --delay --error -e --output -o --log -l ' +
      '--kill-timeout --restart-delay --max-restarts --exp-backoff-restart-delay --node-args --interpreter',
  ),
  keepWithValue: [],
};

/** Undefined if it runs more than one Node program. */
export function unwatchPm2(program: string, words: readonly string[]): Watched | undefined {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  const given = words.slice(end + 1);
  const said = words.slice(1, end);
  if (program === 'pm2' && (said[0] !== 'start' || !/ (--no-daemon|--attach)\b/.test(` ${said.join(' ')}`)))
    return undefined;
  const args = ['start', 'run'].includes(said[0] ?? '') ? said.slice(1) : said;
  const [script, flags, values] = apart(args);
  if (script === undefined || flags.length > 0) return undefined;
  const interpreter = values.get('--interpreter') ?? 'node';
  // A file that says what to run; one that pm2 has another program for.
  if (/\.(json|ya?ml)$|\.config\.[cm]?js$/.test(script)) return undefined;
  if (interpreter === 'node' && !/(\.[cm]?js|\/[^./]+|^[^./]+)$/.test(script)) return undefined;
  const nodes = values.get('--node-args')?.split(/\s+/).filter(Boolean) ?? [];
  const by = program === 'pm2-dev' || said.includes('--watch') ? `${program} --watch` : program;
  const name = program === 'pm2-dev' ? program : by;
  return watched(name, [interpreter, ...nodes, script, ...given], { NODE_APP_INSTANCE: '0' });
}

/** Its flags may stand before the script, and after it: the script, flags that nobody knows, and values by flag. */
function apart(
  args: readonly string[],
): [string | undefined, readonly string[], ReadonlyMap<string, string>] {
  const unknown: string[] = [];
  const values = new Map<string, string>();
  let script: string | undefined;
  for (let rest = args; rest.length > 0;) {
    const { kept, values: some } = stripFlags(rest, rules);
    for (const [flag, value] of some) values.set(flag, value);
    const at = kept.findIndex((word) => !word.startsWith('-'));
    unknown.push(...(at < 0 ? kept : kept.slice(0, at)));
    if (at < 0) break;
    if (script === undefined) script = kept[at];
    else unknown.push(kept[at] ?? '');
    rest = kept.slice(at + 1);
  }
  return [script, unknown, values];
}
