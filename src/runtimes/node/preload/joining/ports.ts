/** What is known in this process of its generation's ports and paths. */
import type { Invitation } from '../../../protocol/messages.ts';
import { Inherited } from '../sockets/inherited.ts';
import { UnixFiles } from '../as-alone/unix-files.ts';
import type { Participant } from './participant.ts';

export class Ports {
  readonly inherited: Inherited;
  readonly unixFiles: UnixFiles;
  /** From its first `listen` on. */
  participant: Participant | undefined;

  constructor({ listeners }: Invitation) {
    this.inherited = new Inherited(listeners);
    this.unixFiles = new UnixFiles(Object.keys(listeners));
  }

  get isServing(): boolean {
    return this.participant !== undefined && !this.participant.served.isEmpty;
  }
}
