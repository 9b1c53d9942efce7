/** The environment of a process that a supervisor has started, directly or not, and that serves nothing. */
import path from 'node:path';
import { nodeOptionsWith } from '../../src/runtimes/node/node-options.ts';
import { invitationVariable, version } from '../../src/runtimes/protocol/messages.ts';
import { root } from './root.mts';

/** `bare` with the preload of this build. */
export function invited(bare: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const invitation = { v: version, control: '/nowhere', token: '', generation: 1, doors: '/', handles: 0 };
  return {
    ...bare,
    NODE_OPTIONS: nodeOptionsWith('', path.join(root, 'dist', 'preload.js')),
    [invitationVariable]: JSON.stringify({ ...invitation, listeners: {} }),
  };
}
