/** What happens when a workspace opens: attach to what runs, start what shall start, offer what was found. */
import * as vscode from 'vscode';
import { diskFiles } from '../../detect/reading/files.ts';
import { commandIds } from '../status/actions.ts';
import type { Choices } from '../servers/choices.ts';
import type { Log } from '../../shared/log.ts';
import { chooseCandidate } from './pick.ts';
import { isRunning, type Servers } from '../servers/servers.ts';
import type { Session } from '../servers/session.ts';

const start = 'Start';
const another = 'Choose another…';
const never = 'Not in this workspace';

export class FirstSight {
  private offering = false;

  constructor(
    private readonly servers: Servers,
    private readonly choices: Choices,
    private readonly log: Log,
  ) {}

  async see(session: Session): Promise<void> {
    const { folder } = session;
    try {
      await session.attach();
    } catch (error) {
      // Another version's supervisor, say: the command that needs it will say so again.
      this.log.warn(String(error instanceof Error ? error.message : error));
      return;
    }
    const own = this.servers.list().filter(({ ref }) => ref.folder === folder);
    if (own.some(isRunning)) return;
    const { autoStart, offer } = this.servers.settings(folder);
    if (autoStart) {
      for (const { ref } of own) void vscode.commands.executeCommand(commandIds.start, ref);
    }
    if (own.length === 0 && offer && !this.choices.declined(folder)) void this.offer(folder);
  }

  /** Asked in every new window until there is an answer; of several folders, the first that has a server. */
  private async offer(folder: string): Promise<void> {
    const { findServers } = await import('../../detect/detect.ts');
    const [first] = await findServers(folder, diskFiles);
    if (first === undefined || this.offering) return;
    this.offering = true;
    const text = `Start “${first.command}” under Hot Swap? Saving will then swap it without dropping a request.`;
    const answer = await vscode.window.showInformationMessage(text, start, another, never);
    if (answer === never) await this.choices.decline(folder);
    if (answer === another) await vscode.commands.executeCommand(commandIds.start);
    if (answer === start) {
      const ref = await chooseCandidate(folder, first, this.choices);
      this.servers.changed();
      await vscode.commands.executeCommand(commandIds.start, ref);
    }
  }
}
