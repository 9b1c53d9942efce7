/** Flags in front of a script: which to drop, which take a value. */
import { unmatched } from './shell.ts';

export interface FlagRules {
  /** Dropped, without a value. */
  readonly drop: readonly string[];
  /** Dropped together with their value, in the next word or after `=`. */
  readonly dropWithValue: readonly string[];
  /** Kept, but the next word is their value and no script. */
  readonly keepWithValue: readonly string[];
}

export interface Stripped {
  readonly kept: readonly string[];
  readonly dropped: readonly string[];
  /** Of dropped flags, in their order. */
  readonly values: readonly (readonly [flag: string, value: string])[];
}

/** Of flags, one after the other. */
export function names(list: string): string[] {
  return list.split(' ');
}

/** Applies the rules up to the first word that is no flag; what follows is the script's. */
export function stripFlags(args: readonly string[], rules: FlagRules): Stripped {
  const kept: string[] = [];
  const dropped: string[] = [];
  const values: [string, string][] = [];
  let index = 0;
  for (; index < args.length; index++) {
    const word = args[index] ?? '';
    const arg = unmatched(word); // `--exclude=src/**`
    if (!arg.startsWith('-') || arg === '-' || arg === '--') break;
    const [flag = arg] = arg.split('=', 1);
    if (rules.drop.includes(flag)) dropped.push(flag);
    else if (rules.dropWithValue.includes(flag)) {
      dropped.push(flag);
      if (!arg.includes('=')) index++;
      values.push([flag, arg.includes('=') ? arg.slice(flag.length + 1) : (args[index] ?? '')]);
    } else {
      kept.push(word);
      const value = args[index + 1];
      if (rules.keepWithValue.includes(arg) && value !== undefined) {
        kept.push(value);
        index++;
      }
    }
  }
  return { kept: [...kept, ...args.slice(index)], dropped, values };
}
