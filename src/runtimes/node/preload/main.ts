/**
 * The Node adapter's preload (`NODE_OPTIONS=--require`). It reaches every Node process that the server starts,
 * so it does next to nothing until one of them calls `listen`.
 */
import { carryThroughSpawns } from './chain.ts';
import { takeInvitation } from './invitation.ts';
import { interceptListen } from './listen.ts';
import { watchLoadedFiles } from './loaded-files.ts';

// The app sees a module cache without us.
Reflect.deleteProperty(require.cache, __filename);

// Worker threads and Node's own loader thread run preloads, too. They see an environment from which the main
// thread has taken the invitation.
const invitation = takeInvitation(process.env, __filename);
if (invitation !== undefined) {
  interceptListen(invitation, watchLoadedFiles(), carryThroughSpawns(invitation, __filename));
}
