import { setTimeout as sleep } from 'node:timers/promises';
import { attach, type Attached } from '../../../src/client/attach.ts';
import * as rpc from '../../../src/shared/rpc.ts';

const lookMs = 20;
const patienceMs = 10_000;
const writeMs = 5;

/** What the extension is to a supervisor when somebody saves: a word before the write, and one after it. */
export class Editor {
  /** Attached to the supervisor of a folder, once there is one. */
  static async open(folder: string): Promise<Editor> {
    const end = performance.now() + patienceMs;
    for (;;) {
      const attached = await attach({ workspace: folder, client: 'editor' });
      if (attached) return new Editor(attached);
      if (performance.now() > end) throw new Error(`no supervisor for ${folder}`);
      await sleep(lookMs);
    }
  }

  private constructor(private readonly attached: Attached) {}

  /** Resolves when an editor would write: between its extensions and the disk are some of its processes. */
  async willSave(file: string): Promise<void> {
    await this.attached.connection.sendNotification(rpc.writing, { files: [file], time: Date.now() });
    await sleep(writeMs);
  }

  async didSave(file: string): Promise<void> {
    await this.attached.connection.sendNotification(rpc.saved, { files: [file], time: Date.now() });
  }

  close(): void {
    this.attached.dispose();
  }
}
