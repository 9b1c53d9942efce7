/**
 * Whether a boot seems to have failed because the generation before holds what only one may have: a database file, a
 * lock or pid file, a device, a port that is not handed over. By the words of those who refuse it.
 */

/** Only the last of what was printed (characters): a warning long before is not why it failed. */
const lastWords = 4096;

const refusals: readonly RegExp[] = [
  // LevelDB, RocksDB: `IO error: lock ./data/LOCK: Resource temporarily unavailable`, `…: already held by process`
  /\block\b.*(?:resource temporarily unavailable|already held|no locks available)/i,
  /\bLEVEL_LOCKED\b|\bSQLITE_(?:BUSY|LOCKED)\b|\bdatabase (?:file |table |schema )?is locked\b/i,
  // proper-lockfile; DuckDB; flock(2) and its likes
  /\bELOCKED\b|lock ?file is already being held|\bconflicting lock is held\b/i,
  /(?:could ?n[o']t|can ?no?t|can't|unable to|failed to) (?:set|acquire|get|obtain|take|create|open) (?:\S+ ){0,3}lock/i,
  /\b(?:is|was|already) locked(?: by\b|\b)|\block(?:ed)? (?:is )?(?:already )?(?:held|taken|owned) by\b/i,
  // pid and lock files, and folders that are made to be a lock
  /\bEEXIST\b.*(?:\b|_)(?:lock(?:file|dir)?|lck|pid)(?:\b|_)[^/]*$|\b(?:pid|lock) ?file\b.*\bexists\b/i,
  /\balready running\b|\banother (?:instance|process|server)\b.*\b(?:running|using|holds?|has)\b/i,
  // devices
  /\bEBUSY\b|\bresource busy\b|\bcannot lock port\b/i,
  // Datagram sockets, names (mDNS, D-Bus), and what other programs say that the server starts for itself (a database,
  // an emulator). A listener's refusal is told with its owner; an inspector's ends nobody.
  /\bbind EADDRINUSE\b/,
  /^(?!.*\blisten EADDRINUSE\b|.*\binspector\b).*\b(?:address|name\b.*|socket) (?:is )?already (?:in use|taken)\b/i,
];

export function looksContended(output: string): boolean {
  return output
    .slice(-lastWords)
    .split('\n')
    .some((line) => refusals.some((refusal) => refusal.test(line)));
}
