import type { Stack } from '../stack.mts';
import { goStacks } from './go.mts';
import { otherStacks } from './others.mts';
import { pythonStacks } from './python.mts';
import { rubyStacks } from './ruby.mts';

/** In the order of the matrix. */
export const stacks: readonly Stack[] = [...pythonStacks, ...rubyStacks, ...goStacks, ...otherStacks];
