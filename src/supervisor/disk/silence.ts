/**
 * Whether a file system tells of changes at all. Of most it is certain with the first save; until then the loaded files
 * are looked at now and then: one that changed although nothing told of it gives its file system away.
 */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../shared/clock.ts';
import { statOf } from '../../shared/stat.ts';

/** Between looks (ms), and how much longer than a look at least. */
const everyMs = 2000;
const timesLonger = 200;
/** What is told of a change comes within this time (ms). */
const toldMs = 500;
/** Files looked at before others get their turn. */
const slice = 200;

export class Silence {
  private readonly clock: Clock;
  private readonly onFound: (folders: readonly string[], files: readonly string[]) => void;
  /** Folder → device, of those that are watched and believed. */
  private readonly devices = new Map<string, number>();
  /** Devices of which it is known, either way. */
  private readonly settled = new Set<number>();
  /** File → what was seen of it. */
  private stamps = new Map<string, number>();
  private files: readonly string[] = [];
  private next: { cancel(): void } | undefined;

  /** `onFound`: nothing tells of changes in these folders, such as that of these files. */
  constructor(clock: Clock, onFound: (folders: readonly string[], files: readonly string[]) => void) {
    this.clock = clock;
    this.onFound = onFound;
  }

  /** The loaded files, and the folders that are watched for them. */
  update(files: readonly string[], folders: Iterable<string>): void {
    const watched = new Set(folders);
    for (const folder of this.devices.keys()) if (!watched.has(folder)) this.devices.delete(folder);
    for (const folder of watched) {
      if (this.devices.has(folder)) continue;
      const device = statOf(folder)?.dev;
      if (device !== undefined) this.devices.set(folder, device);
    }
    this.files = files;
    this.stamps = new Map(this.doubted.map((file) => [file, this.stamps.get(file) ?? stampOf(file)]));
    if (this.next === undefined) this.schedule(everyMs);
  }

  /** A change of this file was told: so are all on its device. */
  told(file: string): void {
    const device = this.devices.get(path.dirname(file));
    if (device !== undefined && this.stamps.has(file)) this.settled.add(device);
  }

  close(): void {
    this.next?.cancel();
    this.devices.clear();
    this.stamps.clear();
  }

  private get doubted(): string[] {
    return this.files.filter((file) => {
      const device = this.devices.get(path.dirname(file));
      return device !== undefined && !this.settled.has(device);
    });
  }

  private schedule(ms: number): void {
    this.next = undefined;
    if (this.stamps.size > 0) this.next = this.clock.setTimeout(() => void this.look(), ms);
  }

  private async look(): Promise<void> {
    const began = this.clock.now();
    const changed: string[] = [];
    for (const [index, file] of this.doubted.entries()) {
      const [before, now] = [this.stamps.get(file), stampOf(file)];
      this.stamps.set(file, now);
      // The end of a folder is told by nobody, and told when it comes back.
      if (before !== undefined && before !== now && now !== 0) changed.push(file);
      if (index % slice === slice - 1) await setImmediate();
    }
    const took = this.clock.now() - began;
    if (changed.length > 0) this.clock.setTimeout(() => void this.judge(changed), toldMs);
    if (this.doubted.length === 0) this.stamps.clear();
    this.schedule(Math.max(everyMs, took * timesLonger));
  }

  private async judge(changed: readonly string[]): Promise<void> {
    await setImmediate(); // where the loop was busy, what is to be told comes after the timer
    const doubted = new Set(this.doubted);
    const files = changed.filter((file) => doubted.has(file));
    if (files.length === 0) return;
    const silent = new Set(files.map((file) => this.devices.get(path.dirname(file))));
    for (const device of silent) if (device !== undefined) this.settled.add(device);
    const folders = [...this.devices].flatMap(([folder, device]) => (silent.has(device) ? [folder] : []));
    this.onFound(folders, files);
  }
}

/** 0 if there is none. */
function stampOf(file: string): number {
  return statOf(file)?.mtimeMs ?? 0;
}
