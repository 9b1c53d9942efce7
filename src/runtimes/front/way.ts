/** The front: for a server that can't take part, but whose port can be moved. */
import { copyFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Way } from '../attendant.ts';
import { FrontAttendant, threadFile } from './attendant.ts';
import { planFound, planOf } from './moves.ts';

export const front: Way = {
  name: 'front',
  install: (bundle, folder) => copyFileSync(path.join(bundle, threadFile), path.join(folder, threadFile)),
  attend: (spec, site) => {
    const plan = planOf(spec);
    return plan && new FrontAttendant(site, plan);
  },
  attendFound: async (spec, found, site) => {
    return (await mentionsPort(spec.cwd)) ? new FrontAttendant(site, planFound(spec, found)) : undefined;
  },
};

/** Enough of a folder to have met the file in which a server begins; larger files are no code. */
const most = { files: 400, bytes: 256 * 1024 };
const sources =
  /\.(?:go|php|java|kt|cs|fs|exs?|rs|rb|[cm]?[jt]s|json|toml|ya?ml|properties)$|^(?:Makefile|Procfile|\.env)/;
const left = /^(?:node_modules|vendor|target|build|dist|out|bin|obj)$|^\.(?!env)/;
/** `os.Getenv("PORT")`, `env.PORT`, `$PORT` */
const reads = /\b[A-Z_]*PORT\b|\bserver\.port\b/;
/** They look there for themselves. */
const looks = /\bBun\.serve\b|\bDeno\.serve\b|\bexport default\b/;

/** Whether a server of this folder seems to look somewhere for its port: to try it for one that does not would be no use. */
async function mentionsPort(folder: string): Promise<boolean> {
  const folders = [folder];
  let seen = 0;
  for (let next = folders.shift(); next !== undefined; next = folders.shift()) {
    for (const entry of await readdir(next, { withFileTypes: true }).catch(() => [])) {
      const place = path.join(next, entry.name);
      if (left.test(entry.name)) continue;
      if (entry.isDirectory()) folders.push(place);
      if (!entry.isFile() || !sources.test(entry.name)) continue;
      if ((seen += 1) > most.files) return false;
      const text = await readFile(place, 'utf8').catch(() => '');
      if (text.length < most.bytes && (reads.test(text) || looks.test(text))) return true;
    }
  }
  return false;
}
