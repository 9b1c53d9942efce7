/** What takes dev commands apart, and finds them: a bundle of its own, which the editor loads when it first needs it. */
export { commandChange } from './another-command.ts';
export { readPackageJson } from './reading/package-json.ts';
export { findServers } from './servers.ts';
export { unwrap } from './unwrap.ts';
