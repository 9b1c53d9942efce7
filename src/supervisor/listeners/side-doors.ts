/** The side doors of a generation, of which several processes may have one for the same listener (a cluster's workers). */

export class SideDoors<Process> {
  /** Also those that are closed. */
  readonly every = new Set<string>();
  private readonly open = new Map<Process, Map<string, string>>();

  add(process: Process, key: string, door: string): void {
    this.every.add(door);
    const own = this.open.get(process) ?? new Map<string, string>();
    this.open.delete(process); // the latest is the last
    this.open.set(process, own.set(key, door));
  }

  close(process: Process, key: string): void {
    this.open.get(process)?.delete(key);
  }

  /** With all its doors. */
  gone(process: Process): void {
    this.open.delete(process);
  }

  /** For each listener one behind which somebody is: the latest. */
  get all(): ReadonlyMap<string, string> {
    return new Map([...this.open.values()].flatMap((own) => [...own]));
  }
}
