import type { Recipe } from '../recipe.mts';
import { finished } from './finished.mts';
import { generated } from './generated.mts';

export const recipes: readonly Recipe[] = [...generated, ...finished];
