/**
 * Errors in what build tools print, with their place. The formats are the tools' own, and tools nest (nest runs swc,
 * tsup esbuild, webpack tsc), so each is looked for in the output of all.
 */
import type { BuildProblem } from './builder.ts';

/** Message and place in one line. */
const whole: readonly RegExp[] = [
  // tsc, plain and pretty.
  /^(?<file>[^\s(].*?)\((?<line>\d+),(?<column>\d+)\): error (?<message>TS\d+: .*)$/,
  /^(?<file>\S.*?):(?<line>\d+):(?<column>\d+) - error (?<message>TS\d+: .*)$/,
  // esbuild, called by another tool.
  /^(?<file>\S.*?):(?<line>\d+):(?<column>\d+): ERROR: (?<message>.*)$/,
  // rollup.
  /^\[!\] (?:\(plugin [^)]*\) )?(?:\w*Error: )?(?<file>\S+) \((?<line>\d+):(?<column>\d+)\): (?<message>.*)$/,
  // Its TypeScript plugin warns of what tsc calls an error, and writes all the same.
  /^\(!\) \[plugin [^\]]*\] (?<file>\S+) \((?<line>\d+):(?<column>\d+)\): (?:\S+ )?(?<message>TS\d+: .*)$/,
  // go build, go vet.
  /^(?<file>\S+\.go):(?<line>\d+):(?<column>\d+): (?<message>.+)$/,
  // babel.
  /^(?:\[[^\]]*\] )?(?:Syntax)?Error: (?<file>\S+): (?<message>.*) \((?<line>\d+):(?<column>\d+)\)$/,
];
/** A message whose place follows. */
const message: readonly RegExp[] = [
  /^\s*[✘X] \[ERROR\] (?<message>.*)$/, // esbuild
  /^error (?<message>TS\d+: .*)$/, // tsc, of what is in no file
  /^error(?:\[E\d+\])?: (?<message>(?!could not compile|aborting).*)$/, // rustc
  /^\s*[x×] (?<message>.*)$/, // swc
  /^\[(?:[A-Z_]+|[a-z]+:[\w:-]+)\] (?:Error: )?(?<message>.*)$/, // rolldown and its plugins, so vite
  /^(?:\[!\] )?(?:\(plugin [^)]*\) )?(?<message>(?:\w*Error|TS\d+): .*)$/,
];
/** The place of the message before. */
const place: readonly RegExp[] = [
  /^\s{4}(?<file>\S.*?):(?<line>\d+):(?<column>\d+):$/, // esbuild
  /^\s*--> (?<file>\S+?):(?<line>\d+):(?<column>\d+)$/, // rustc
  /^\s*(?:╭─+|,-+)\[\s*(?<file>.+?):(?<line>\d+):(?<column>\d+)\s*\]/, // swc, rolldown
];
/** A place whose message follows. */
const placeFirst: readonly RegExp[] = [
  /^ERROR in (?<file>\S+?)[ :](?<line>\d+):(?<column>\d+)/, // webpack
  /^\[tsl\] ERROR in (?<file>\S+)\((?<line>\d+),(?<column>\d+)\)/, // ts-loader
];
/** Frames of code and what webpack says around them. */
const between = /^\s*$|^\s*at /;

/** Reads one line after another, without control sequences. */
export class ProblemReader {
  private readonly problems: BuildProblem[] = [];
  private message: string | undefined;
  private place: Omit<BuildProblem, 'message'> | undefined;

  /** True if the line is one of an error. */
  read(line: string): boolean {
    const all = firstMatch(whole, line);
    if (all !== undefined) return this.add({ message: all['message'] ?? line, ...placeOf(all) });
    const first = firstMatch(placeFirst, line);
    if (first !== undefined) {
      this.flush();
      this.place = placeOf(first);
      return true;
    }
    if (this.place !== undefined && !between.test(line)) {
      const { place: where } = this;
      this.place = undefined;
      return this.add({ message: line.trim(), ...where });
    }
    const where = this.message === undefined ? undefined : firstMatch(place, line);
    if (where !== undefined) {
      const { message: text = line } = this;
      this.message = undefined;
      return this.add({ message: text, ...placeOf(where) });
    }
    const told = firstMatch(message, line);
    if (told === undefined) return false;
    this.flush();
    this.message = told['message'];
    return true;
  }

  get isEmpty(): boolean {
    return this.problems.length === 0 && this.message === undefined && this.place === undefined;
  }

  /** All since the last time. */
  take(): readonly BuildProblem[] {
    this.flush();
    // Who nests says a thing twice: with a place is better.
    const placed = this.problems.filter(({ file }) => file !== undefined);
    const all = placed.length > 0 ? placed : [...this.problems];
    this.problems.length = 0;
    const unique = new Map(
      all.map((one) => [`${one.file ?? ''}:${String(one.line)}:${String(one.column)}`, one]),
    );
    return [...unique.values()];
  }

  private add(problem: BuildProblem): true {
    this.flush();
    this.problems.push(problem);
    return true;
  }

  private flush(): void {
    if (this.message !== undefined) this.problems.push({ message: this.message });
    this.message = undefined;
    this.place = undefined;
  }
}

type Groups = Readonly<Record<string, string | undefined>>;

function firstMatch(patterns: readonly RegExp[], line: string): Groups | undefined {
  for (const pattern of patterns) {
    const { groups } = pattern.exec(line) ?? {};
    if (groups !== undefined) return groups;
  }
  return undefined;
}

function placeOf({ file, line, column }: Groups): Omit<BuildProblem, 'message'> {
  if (file === undefined) return {};
  return {
    file,
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(column === undefined ? {} : { column: Number(column) }),
  };
}
