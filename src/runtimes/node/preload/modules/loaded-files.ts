/** Which files this process loaded: its own by name, its dependencies by a fingerprint, and who needs whom. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { types } from 'node:util';
import type { LoadedModule } from '../../own-words.ts';
import type { Resolved } from './module-hooks.ts';

/** At the end of a URL that only a standby asks for: of a module that is there already, and of no other file. */
export const asking = '?hot-swap-asks';

/** Path, or URL where there is no path, as `Module` and ES modules name a file. */
type Place = string;

export class LoadedFiles {
  /** False: ES modules may be missing. */
  readonly complete: boolean;
  private readonly resolved: () => readonly Resolved[];
  private readonly own: (file: string) => string | undefined;

  /** `resolved`: undefined where ES modules are not seen; `own`: where the user has a file, if it is the user's. */
  constructor(resolved: (() => readonly Resolved[]) | undefined, own: (file: string) => string | undefined) {
    this.own = own;
    this.complete = resolved !== undefined;
    this.resolved = resolved ?? (() => []);
  }

  /** The app's own files, and what changes if the dependencies do. */
  list(): { files: string[]; dependencies: string } {
    const places = new Set(Object.keys(require.cache));
    for (const { url } of this.resolved()) if (url.startsWith('file:')) places.add(placeOf(url));
    const files: string[] = [];
    const dependencies: string[] = [];
    for (const place of places) {
      const own = this.own(place);
      if (own === undefined) dependencies.push(place);
      else files.push(own);
    }
    // Only a process that serves has use for it, and has it loaded as a rule.

    const { createHash } = require('node:crypto') as typeof import('node:crypto');
    const hash = createHash('sha1').update(dependencies.sort().join('\n'));
    return { files, dependencies: hash.digest('base64') };
  }

  /** `importing`: name what ES modules import as they do, by URL. `main`: the file that Node was started with. */
  graph(importing: boolean, main: Place | undefined): LoadedModule[] {
    const needs = new Map<Place, Set<Place>>();
    const at = (place: Place): Set<Place> => {
      const known = needs.get(place);
      if (known !== undefined) return known;
      const none = new Set<Place>();
      needs.set(place, none);
      return none;
    };
    const imported = new Map<Place, string>();
    for (const { from, url } of this.resolved()) {
      if (!url.startsWith('file:') || url.endsWith(asking)) continue;
      const place = placeOf(url);
      const parent = from?.startsWith('file:') === true ? placeOf(from) : undefined;
      at(place);
      if (parent !== undefined) at(parent).add(place);
      // What CommonJS requires stays a path; newer Nodes ask the hooks for it, too.
      const required = parent !== undefined && parent in require.cache && place in require.cache;
      if (!required && !imported.has(place)) imported.set(place, url);
    }
    for (const [place, module] of Object.entries(require.cache)) {
      const own = at(place);
      for (const child of module?.children ?? []) own.add(child.filename);
    }
    const index = new Map([...needs.keys()].map((place, i) => [place, i]));
    return [...needs].map(([place, needed]) => ({
      id: nameOf(place, importing ? imported.get(place) : undefined),
      ...(importing && imported.has(place) && isCommonJs(place) ? { isCommonJs: true } : {}),
      ...(place === main || require.cache[place]?.id === '.' ? { isMain: true } : {}),
      own: this.own(place) !== undefined,
      needs: [...needed].flatMap((one) => index.get(one) ?? []),
    }));
  }
}

function nameOf(place: Place, url: string | undefined): string {
  if (url !== undefined) return url;
  return place in require.cache ? place : pathToFileURL(place).href;
}

/** An ES module that was required is among them, too. */
function isCommonJs(place: Place): boolean {
  const module = require.cache[place];
  return module !== undefined && !types.isModuleNamespaceObject(module.exports);
}

function placeOf(url: string): Place {
  return fileURLToPath(url.replace(/[?#].*$/s, ''));
}
