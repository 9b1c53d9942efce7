/**
 * Leaves the processors to others. Linux can share them out by session first (sched(7), "The autogroup feature"; on in
 * most distributions): then nice(2) only counts among the processes of a session, and a generation is one.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { pause } from './pause.ts';

/** Of a process that nobody waits for: nice(2). */
const low = 10;
/** Of one that somebody waits for, whom another one serves meanwhile. */
const second = 5;
const autogroup = '/proc/self/autogroup';
/** Anybody may be as polite as they like, and less so again down to 0, but ten times a second only. */
const tooSoonMs = 110;

/**
 * To be called by a process whose session is its generation's. Returns the way back, which may block for a moment: to
 * where it began or, if it `yields`, to the second place.
 */
export function bePolite(yields: boolean): () => void {
  const normal = os.getPriority();
  const isReversible = mayBeNormalAgain() && bePoliteAmongThreads(Math.max(normal, low));
  let isPolite = setSessionPriority(low);
  return () => {
    if (isReversible) bePoliteAmongThreads(normal);
    while (isPolite) {
      isPolite = !setSessionPriority(yields ? second : 0);
      if (isPolite) pause(tooSoonMs);
    }
  };
}

/** Somebody else serves, until `comeFirst`. */
export function comeSecond(): void {
  setSessionPriority(second);
}

/** At once, or as soon as the system lets us. */
export function comeFirst(): void {
  if (setSessionPriority(0)) return;
  setTimeout(comeFirst, tooSoonMs).unref();
}

/** Of a process that is about to end: most of its work is the system's, which gives back its memory. */
export function bePoliteForGood(): void {
  bePoliteAmongThreads(Math.max(os.getPriority(), low)); // who ends is of no session any more
  setSessionPriority(low);
}

/** False if it has to be tried again later. True if there is nothing to be set, too. */
function setSessionPriority(nice: number): boolean {
  try {
    writeFileSync(autogroup, String(nice), { flag: 'r+' });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EAGAIN';
  }
  return true;
}

/** On Linux it is a thread that is polite, and those that it starts are as well. */
function bePoliteAmongThreads(priority: number): boolean {
  return threads()
    .map((thread) => setPriority(thread, priority))
    .some((done) => done);
}

function threads(): readonly number[] {
  const folder = '/proc/self/task';
  return existsSync(folder) ? readdirSync(folder).map(Number) : [0];
}

function setPriority(thread: number, priority: number): boolean {
  try {
    os.setPriority(thread, priority);
    return true;
  } catch {
    return false; // it has ended, or the system does not let us
  }
}

/** RLIMIT_NICE, or root: others could only ever become more polite, and the server would stay so. */
function mayBeNormalAgain(): boolean {
  if (process.getuid?.() === 0) return true;
  if (!existsSync('/proc/self/limits')) return false;
  // proc(5); getrlimit(2): the lowest nice value is 20 minus the limit.
  const [, limit] = /^Max nice priority\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return Number(limit) >= 20 - os.getPriority();
}
