/** Takes our variables out of the environment, so that the app sees the one it would have without us. */
import { invitationVariable, version } from '../../../protocol/messages.ts';
import type { Invitation } from '../../../protocol/messages.ts';
import type { NodeStandby } from '../../own-words.ts';
import { nodeOptionsWith, nodeOptionsWithout } from '../../node-options.ts';

/** Undefined if this process was not invited, or by a supervisor that speaks another version. */
export function takeInvitation(env: NodeJS.ProcessEnv, preload: string): Invitation | undefined {
  const text = env[invitationVariable];
  if (text === undefined) return undefined;
  Reflect.deleteProperty(env, invitationVariable);
  const options = nodeOptionsWithout(env['NODE_OPTIONS'] ?? '', preload);
  if (options === '') delete env['NODE_OPTIONS'];
  else env['NODE_OPTIONS'] = options;
  try {
    const invitation = JSON.parse(text) as Invitation;
    hideEntry(env, 'PATH', portTools(invitation));
    for (const [name, entry] of Object.entries(invitation.entries ?? {})) hideEntry(env, name, entry);
    return invitation.v === version ? invitation : undefined;
  } catch {
    return undefined;
  }
}

/** See `portToolsOf`, which a preload would have to load a module for. */
function portTools({ doors }: Invitation): string {
  return `${doors}/tools`;
}

function hideEntry(env: NodeJS.ProcessEnv, name: string, entry: string): void {
  const list = env[name];
  if (list?.includes(entry) !== true) return;
  const separator = separatorOf(entry);
  const others = list.split(separator).filter((other) => other !== entry);
  if (others.length === 0) Reflect.deleteProperty(env, name);
  else env[name] = others.join(separator);
}

/** Of a list of paths, or of options (RUBYOPT). */
function separatorOf(entry: string): string {
  return entry.startsWith('-') ? ' ' : ':';
}

export function withPortTools(pairs: readonly string[], invitation: Invitation): readonly string[] {
  const name = 'PATH=';
  const tools = `${portTools(invitation)}:`;
  return pairs.map((pair) => (pair.startsWith(name) ? `${name}${tools}${pair.slice(name.length)}` : pair));
}

function withEntries(pairs: readonly string[], { entries = {} }: Invitation): readonly string[] {
  return Object.entries(entries).reduce((all, [name, entry]) => {
    const list = all.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
    const whole = list === undefined || list === '' ? entry : `${entry}${separatorOf(entry)}${list}`;
    return [...all.filter((pair) => !pair.startsWith(`${name}=`)), `${name}=${whole}`];
  }, pairs);
}

/** The reverse, for a child's environment as `KEY=value` pairs. */
export function inviteChild(
  pairs: readonly string[],
  invitation: Invitation,
  preload: string,
): readonly string[] {
  const isOurs = (pair: string) =>
    pair.startsWith(`${invitationVariable}=`) || pair.startsWith('NODE_OPTIONS=');
  const own = invitation.standby?.own as NodeStandby | undefined;
  const present = pairs.find((pair) => pair.startsWith('NODE_OPTIONS='))?.slice('NODE_OPTIONS='.length);
  return [
    ...withEntries(withPortTools(pairs, invitation), invitation).filter((pair) => !isOurs(pair)),
    `NODE_OPTIONS=${nodeOptionsWith(present ?? '', preload, own?.by === 'import')}`,
    `${invitationVariable}=${JSON.stringify(invitation)}`,
  ];
}
