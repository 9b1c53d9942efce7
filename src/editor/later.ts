/**
 * What many windows never need, and what would make up half of the extension: JSON-RPC with a supervisor, debugging. A
 * bundle of its own, loaded by whoever is the first to need it.
 */
export { openLink } from './servers/link.ts';
export { Followers } from './debugging/followers.ts';
