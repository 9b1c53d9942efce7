/** `npm test` is what every change has to pass, and short; `npm test -- all` is every test there is, before a release. */
import { isJudged } from './limits.ts';

export const everything = process.env['HOT_SWAP_TEST_ALL'] !== undefined || isJudged;

/** Options of a test that takes long, or repeats on another Node or with another tool what is tested anyway. */
export const onlyInAll: { readonly skip?: string } = everything ? {} : { skip: 'npm test -- all' };
