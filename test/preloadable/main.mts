/** `npm run preloadable`: how many of much used packages a standby has loaded, and that nobody can tell. README.md beside it. */
import { useOwnRuntimeFolder } from '../tools/runtime-folder.mts';
import { readOptions } from './options.mts';
import { Kept } from './kept.mts';
import { install, plainName, readGroups } from './packages.mts';
import { report, sentenceOf } from './report.mts';
import { nameOf } from './subject.mts';
import type { Form, Subject } from './subject.mts';
import { Trials } from './trials.mts';
import type { Result } from './trials.mts';

/** A supervisor keeps something of each server that it had. */
const trialsEach = 40;

useOwnRuntimeFolder();
const all = readGroups();
const known = [...new Set(all.flatMap(({ packages }) => packages.map(plainName)))];
const options = readOptions(process.argv.slice(2), known);
if (options.list) {
  console.log(known.join('\n'));
  process.exit(0);
}
const wanted = options.only.length === 0 ? known : options.only;
const groups = all.filter(({ packages }) => packages.some((one) => wanted.includes(plainName(one))));
const folders = await install(groups);
const names = wanted.filter((name) => folders.has(name));
const kept = new Kept(options.json);

const alone = options.forms.flatMap((form) => names.map((name): Subject => ({ packages: [name], form })));
const inSets: Result[] = [];
const results: Result[] = await tryAll(options.together > 1 ? await notInSets(alone) : alone);
results.push(...inSets);
/** What does not start alone does not start with another one. */
const starts = (name: string, form: Form): boolean =>
  results.some((one) => one.form === form && one.packages[0] === name && one.outcome !== 'fails');
results.push(...(await tryAll(options.forms.flatMap(pairsOf))));
console.log(report(results, names.length));
const isWhole = results.every(({ outcome }) => outcome !== 'differs') && names.length === wanted.length;
process.exit(isWhole ? 0 : 1);

/** What is preloaded in an app of several is so alone; the others have to be tried. Counted is both. */
async function notInSets(subjects: readonly Subject[]): Promise<Subject[]> {
  const sets = options.forms.flatMap((form) => {
    const these = subjects.filter((one) => one.form === form).flatMap((one) => one.packages);
    return Array.from({ length: Math.ceil(these.length / options.together) }, (_, i) => ({
      packages: these.slice(i * options.together, (i + 1) * options.together),
      form,
    }));
  });
  const tried = await tryAll(sets);
  const isWhole = tried.filter(({ outcome }) => outcome === 'preloaded');
  for (const { packages, ...set } of isWhole)
    for (const name of packages) inSets.push({ ...set, packages: [name] });
  const names = new Set(inSets.map(nameOf));
  return subjects.filter((one) => !names.has(nameOf(one)));
}

function pairsOf(form: Form): Subject[] {
  const among = names.filter((name) => starts(name, form));
  const pairs =
    options.only.length > 0
      ? among.flatMap((first, i) => among.slice(i + 1).map((second) => [first, second]))
      : sample(among, options.pairs, options.seed);
  return pairs.flatMap((pair) => [
    { packages: pair, form },
    { packages: [...pair].reverse(), form },
  ]);
}

/** The same for a seed, whatever machine it is. */
function sample(among: readonly string[], count: number, seed: number): string[][] {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff; // the C standard's example of rand
    return Math.floor((state / 0x80000000) * below);
  };
  if (among.length < 2) return [];
  return Array.from({ length: count }, () => {
    const first = next(among.length);
    const second = (first + 1 + next(among.length - 1)) % among.length;
    return [among[first] ?? '', among[second] ?? ''];
  });
}

async function tryAll(subjects: readonly Subject[]): Promise<Result[]> {
  const done = subjects.flatMap((subject) => {
    const known = kept.of(subject);
    return known === undefined || (options.again && known.outcome !== 'preloaded') ? [] : [known];
  });
  const doneNames = new Set(done.map(nameOf));
  const pending = subjects.filter((subject) => !doneNames.has(nameOf(subject))).reverse();
  const whole = subjects.length;
  const work = async (): Promise<void> => {
    while (pending.length > 0) {
      const trials = await Trials.begin(folders);
      try {
        for (let i = 0; i < trialsEach; i += 1) {
          const subject = pending.pop();
          if (subject === undefined) break;
          const result = await trials.try(subject);
          done.push(result);
          kept.add(result);
          console.log(`${done.length}/${whole} ${sentenceOf(result)}`);
        }
      } finally {
        await trials.end();
      }
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  return done;
}
