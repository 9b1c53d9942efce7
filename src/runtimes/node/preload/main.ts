/**
 * The Node adapter's preload (`NODE_OPTIONS=--require`). It reaches every Node process that the server starts,
 * so it does next to nothing until one of them calls `listen`.
 */
import { isMainThread } from 'node:worker_threads';
import { carryThroughSpawns } from './chain.ts';
import { takeInvitation } from './invitation.ts';
import { interceptListen } from './listen.ts';
import { watchLoadedFiles } from './loaded-files.ts';

// The app sees a module cache without us.
Reflect.deleteProperty(require.cache, __filename);

// Worker threads and Node's own loader thread run preloads too, and have no say in any of this.
if (isMainThread) {
  const invitation = takeInvitation(process.env, __filename);
  if (invitation !== undefined) {
    interceptListen(invitation, watchLoadedFiles(), carryThroughSpawns(invitation, __filename));
  }
}
