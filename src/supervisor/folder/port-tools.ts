/**
 * Programs that say who listens on a port, as a server's command finds them: without the supervisor and what it has
 * started. It is for us that a port is taken when a new generation boots, and `kill-port` in a `predev` must not end the
 * generation that serves.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { portToolsOf } from '../../runtimes/launch.ts';

/** `real` is the program itself, `family` prints the pids that are hidden. */
const head = (name: string, supervisor: number): string => `#!/bin/sh
here=$(dirname "$0")
PATH=$(printf %s ":$PATH:" | sed "s|:$here:|:|g; s|^:||; s|:$||")
real=$(command -v ${name}) || { echo "${name}: not found" >&2; exit 127; }
processes() {
  if [ -r /proc/self/stat ]; then cat /proc/[0-9]*/stat 2>/dev/null | sed 's/ (.*) / /' | awk '{ print $1, $3 }'
  else ps -A -o pid= -o ppid=; fi
}
family() {
  processes | awk -v root=${String(supervisor)} '
    { parent[$1] = $2 }
    END {
      hidden[root] = 1
      do { again = 0; for (pid in parent) if (!(pid in hidden) && (parent[pid] in hidden)) { hidden[pid] = 1; again = 1 } } while (again)
      for (pid in hidden) print pid
    }'
}
`;

/** Its table, `-t` (pids only) and `-F` (a field a line). */
const lsof = `case " $* " in *" -"*i*) ;; *) exec "$real" "$@" ;; esac
{ family; echo; "$real" "$@"; } | awk '
  !listing { if ($0 == "") listing = 1; else hidden[$1] = 1; next }
  /^p[0-9]+$/ { fields = 1; skip = (substr($0, 2) in hidden) }
  fields { if (!skip) { found = 1; print } next }
  $2 == "PID" { title = $0; next }
  { pid = (NF == 1 ? $1 : $2); if (pid in hidden) next }
  title != "" { print title; title = "" }
  { found = 1; print }
  END { exit !found }'
`;

/** A line is hidden if all the processes that it names are. */
const byLine = (pattern: string): string => `{ family; echo; "$real" "$@"; } | awk '
  !listing { if ($0 == "") listing = 1; else hidden[$1] = 1; next }
  {
    rest = $0; others = 0; named = 0
    while (match(rest, /${pattern}/)) {
      pid = substr(rest, RSTART, RLENGTH); gsub(/[^0-9]/, "", pid)
      if (pid in hidden) named = 1; else others = 1
      rest = substr(rest, RSTART + RLENGTH)
    }
    if (others || !named) print
  }'
`;

/** It may kill whom it finds: that is done here, of those that are left. */
const fuser = `case " $* " in *tcp*) ;; *) exec "$real" "$@" ;; esac
kill= signal=-KILL
for arg do
  shift
  case $arg in
    -k | --kill) kill=1 ;;
    -[0-9]* | -[A-Z][A-Z]*) signal=$arg ;;
    -i | -w) ;;
    *) set -- "$@" "$arg" ;;
  esac
done
hidden=" $(family | tr '\\n' ' ') "
found=
for pid in $("$real" "$@" 2>/dev/null); do
  case $hidden in *" $pid "*) ;; *) found="$found $pid" ;; esac
done
[ -n "$found" ] || exit 1
echo "$found"
[ -z "$kill" ] || kill "$signal" $found
`;

const tools = { lsof, fuser, ss: byLine('pid=[0-9]+'), netstat: byLine('[0-9]+\\/[a-zA-Z]') };

/** `folder`: the supervisor's own, whose process is this one. */
export function installPortTools(folder: string): void {
  const at = portToolsOf(folder);
  mkdirSync(at, { recursive: true });
  for (const [name, body] of Object.entries(tools))
    writeFileSync(path.join(at, name), head(name, process.pid) + body, { mode: 0o700 });
}
