/** Whether one server takes part by itself, or by an attendant; found out by its settings, its command, or its doing. */
import type { Attendant, Attended, Found, SourceGlobs } from '../../runtimes/attendant.ts';
import { runtimeOfProgram } from '../../runtimes/registry.ts';
import { attendantFound, attendantOf } from '../../runtimes/ways.ts';
import type { ServerSpec } from '../../shared/spec.ts';

export class Attending {
  attendant: Attendant | undefined;
  private readonly folder: string;
  private readonly changed: () => void;
  /** Tried, and it does not go that way. */
  private isLeftAlone = false;

  /** `folder`: the supervisor's private one. `changed`: another attendant, so other sources. */
  constructor(spec: ServerSpec, folder: string, changed: () => void) {
    this.folder = folder;
    this.changed = changed;
    this.attendant = attendantOf(spec, { folder });
  }

  /** Nothing of it runs. */
  define(spec: ServerSpec): void {
    this.attendant?.close();
    this.isLeftAlone = false;
    this.attendant = attendantOf(spec, { folder: this.folder });
  }

  get sources(): SourceGlobs | undefined {
    return this.isLeftAlone ? undefined : this.attendant?.sources;
  }

  /** It can have no standby. */
  get isAttended(): boolean {
    return !this.isLeftAlone && this.attendant !== undefined;
  }

  async ready(): Promise<void> {
    await this.attendant?.ready();
  }

  next(spec: ServerSpec, generation: number, replaces: boolean): Attended | undefined {
    return this.isLeftAlone ? undefined : this.attendant?.next(spec, generation, replaces);
  }

  /** It listens somewhere else than it was asked to, or by itself. Resolves with whether it is to be tried otherwise. */
  async found(spec: ServerSpec, found: Found): Promise<boolean> {
    if (this.attendant !== undefined) {
      this.isLeftAlone = true;
      this.changed();
      return false;
    }
    // One whose adapter was kept out has a better way.
    if (runtimeOfProgram(found.program) !== undefined) return false;
    this.attendant = await attendantFound(spec, found, { folder: this.folder });
    if (this.attendant === undefined) return false;
    await this.attendant.ready();
    this.changed();
    return true;
  }

  close(): void {
    this.attendant?.close();
  }
}
