/**
 * The Node adapter's preload (`NODE_OPTIONS=--require`). It reaches every Node process that the server starts,
 * so it does next to nothing until one of them calls `listen`: what it imports it imports by name, and what few need
 * is required by those, since either takes its tenth of a millisecond.
 */
import { invitationVariable } from '../../protocol/messages.ts';

/** What a thread finds loaded already. */
type Threads = typeof import('node:worker_threads');

// The app sees a module cache without us.
Reflect.deleteProperty(require.cache, __filename);

// Worker threads and Node's own loader thread run preloads, too. They see an environment from which the main
// thread has taken the invitation, and have no use for what the handoff needs; but what they load counts, too.
if (invitationVariable in process.env) {
  const { takePart } = require('./joining/take-part.ts') as typeof import('./joining/take-part.ts');
  takePart(__filename, (module as { readonly parent?: NodeJS.Module | null }).parent);
} else if (!(require('node:worker_threads') as Threads).isMainThread) {
  const { keepThreadsJournal } =
    require('./modules/keep-journal.ts') as typeof import('./modules/keep-journal.ts');
  keepThreadsJournal(__dirname);
  const { showThreadsPast } = require('./modules/past.ts') as typeof import('./modules/past.ts');
  showThreadsPast(__dirname);
}
