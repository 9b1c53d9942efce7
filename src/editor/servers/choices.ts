/** What the user decided in this workspace: which servers were chosen, which is selected, no offers here. */
import type { Chosen } from './definition.ts';
import type { ServerRef } from './server-ref.ts';

/** VS Code's workspaceState. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const keys = { chosen: 'chosen', declined: 'declined', selected: 'selected' };

/** By path of the workspace folder. */
type AllChosen = Readonly<Record<string, readonly Chosen[]>>;

/** Written by nobody else, so what it holds has the types that it was given. */
export class Choices {
  constructor(private readonly memory: Memory) {}

  /** Servers of a workspace folder that were found and chosen. */
  chosen(folder: string): readonly Chosen[] {
    return this.allChosen[folder] ?? [];
  }

  /** A choice takes the place of an earlier one of the same name. */
  async choose(folder: string, server: Chosen): Promise<void> {
    const others = this.chosen(folder).filter(({ name }) => name !== server.name);
    await this.memory.update(keys.chosen, { ...this.allChosen, [folder]: [...others, server] });
  }

  /** The server that commands mean without asking. */
  get selected(): ServerRef | undefined {
    return this.memory.get(keys.selected) as ServerRef | undefined;
  }

  async select(ref: ServerRef | undefined): Promise<void> {
    await this.memory.update(keys.selected, ref);
  }

  /** True after "Not in this workspace". */
  declined(folder: string): boolean {
    return this.allDeclined.includes(folder);
  }

  async decline(folder: string): Promise<void> {
    if (!this.declined(folder)) await this.memory.update(keys.declined, [...this.allDeclined, folder]);
  }

  private get allChosen(): AllChosen {
    return (this.memory.get(keys.chosen) as AllChosen | undefined) ?? {};
  }

  private get allDeclined(): readonly string[] {
    return (this.memory.get(keys.declined) as readonly string[] | undefined) ?? [];
  }
}
