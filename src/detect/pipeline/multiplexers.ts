/** `concurrently`, `run-p`, `run-s`, `npm-run-all`, `sh -c`: programs that run scripts beside or after each other. */
import { stripFlags } from '../reading/flags.ts';
import { unmatched } from '../reading/shell.ts';
import type { PackageJson } from '../reading/package-json.ts';
import { parseScript, scriptOf, type Script } from '../reading/script.ts';

/** https://github.com/open-cli-tools/concurrently/blob/main/bin/concurrently.ts */
const concurrentlyValues = (
  '-n --names -s --success -m --max-processes -c --prefix-colors -p --prefix -l --prefix-length -t ' +
  '--timestamp-format --restart-tries --restart-after --default-input-target --hide --teardown --name-separator ' +
  '--kill-signal --ks --cwd'
).split(' ');
/** https://github.com/bcomnes/npm-run-all2/blob/master/docs/npm-run-all.md */
const runAllValues = ['--max-parallel', '--npm-path', '--arguments'];

/** Undefined if the words run none of them. */
export function multiplexed(
  program: string,
  words: readonly string[],
  main: PackageJson | undefined,
): Script | undefined {
  const args = words.map(unmatched); // no file is named as a script
  const scripts = Object.keys(main?.scripts ?? {});
  switch (program) {
    case 'concurrently':
    case 'conc':
      return beside('parallel', concurrent(args, scripts).map(scriptFrom));
    case 'run-p':
    case 'npm-run-all':
    case 'npm-run-all2':
    case 'run-s':
      return runAll(args, program === 'run-p' ? 'parallel' : 'sequence', scripts);
    case 'sh':
    case 'bash':
    case 'dash':
    case 'zsh':
      return words.length === 2 && words[0] === '-c' ? parseScript(words[1] ?? '') : undefined;
    default:
      return undefined;
  }
}

function concurrent(args: readonly string[], scripts: readonly string[]): readonly string[] {
  // Its flags may come last, too.
  const commands: string[] = [];
  for (let rest = args; rest.length > 0;) {
    const { kept } = stripFlags(rest, { drop: [], dropWithValue: concurrentlyValues, keepWithValue: [] });
    const index = kept.findIndex((arg) => !arg.startsWith('-') || arg === '--');
    if (index < 0) break;
    const command = kept[index] ?? '';
    if (command === '--') break; // for placeholders in the commands
    commands.push(command);
    rest = kept.slice(index + 1);
  }
  return commands.flatMap((command) => {
    const [, manager, name = '', more = ''] = /^(npm|yarn|pnpm|bun):(\S+)(.*)$/s.exec(command) ?? [];
    if (manager === undefined) return [command];
    const dashes = more.trim() === '' ? '' : manager === 'npm' ? ` --${more}` : more;
    return matching(name, scripts, /.*/).map((script) => `${manager} run ${script}${dashes}`);
  });
}

function runAll(
  args: readonly string[],
  initial: 'sequence' | 'parallel',
  scripts: readonly string[],
): Script | undefined {
  const groups: { readonly kind: 'sequence' | 'parallel'; readonly of: Script[] }[] = [];
  let kind = initial;
  let group: Script[] | undefined;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg === '--') break; // for placeholders
    if (['-p', '--parallel', '-s', '--sequential', '--serial'].includes(arg)) {
      kind = arg === '-p' || arg === '--parallel' ? 'parallel' : 'sequence';
      group = undefined;
    } else if (arg.startsWith('-')) {
      if (runAllValues.includes(arg)) index++;
    } else {
      if (group === undefined) groups.push({ kind, of: (group = []) });
      const [name = '', ...more] = arg.split(' ');
      for (const script of matching(name, scripts, /[^:]*/)) {
        group.push(scriptOf(['npm', 'run', script, ...(more[0] === '--' ? more : [])]));
      }
    }
  }
  const all = groups.map((each) => beside(each.kind, each.of)).filter((each) => each !== undefined);
  return beside('sequence', all);
}

/** A name may hold stars; `star` is what one stands for, two stand for all. */
function matching(name: string, scripts: readonly string[], star: RegExp): readonly string[] {
  if (!name.includes('*')) return [name];
  const parts = name.split(/(\*+)/).map((part) => {
    if (!part.startsWith('*')) return part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
    return part.length > 1 ? '.*' : star.source;
  });
  const pattern = new RegExp(`^${parts.join('')}$`);
  return scripts.filter((script) => pattern.test(script));
}

function beside(kind: 'sequence' | 'parallel', of: readonly Script[]): Script | undefined {
  return of.length > 1 ? { kind, of } : of[0];
}

function scriptFrom(text: string): Script {
  return parseScript(text) ?? scriptOf(['sh', '-c', text]);
}
