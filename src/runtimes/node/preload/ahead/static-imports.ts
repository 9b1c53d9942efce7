/** What an ES module imports before any of it is evaluated, of all that it was seen to load. */
import { basename, dirname } from '../engine/paths.ts';

const statics =
  /(?:^|[;}\n])[ \t]*(?:import|export)(?!\s+type\s+(?!from\b))(?:\s*|\b[^'"`;()=]*?\bfrom\s*)['"]([^'"\n]+)['"]/g;
const dynamics = /\bimport\s*\(\s*(?:\/\*[^]*?\*\/\s*)*['"`]([^'"`\n]+)['"`]/g;
const extension = /\.[cm]?[jt]sx?$/;
const query = /(?<=.)[?#].*$/;

/**
 * Those of `files` (absolute paths) that `text` names in an import of its own, and in no `import()`. They are found by the
 * last of their name, since what comes before it may be anything that a loader understands.
 */
export function staticallyImported(text: string, files: readonly string[]): string[] {
  const early = lastNames(text, statics);
  const late = lastNames(text, dynamics);
  return files.filter((file) => {
    const names = namesOf(file);
    return names.some((name) => early.has(name)) && !names.some((name) => late.has(name));
  });
}

function lastNames(text: string, imports: RegExp): ReadonlySet<string> {
  return new Set([...text.matchAll(imports)].map(([, specifier = '']) => nameOf(specifier)));
}

/** `../routes/users.js` → `users`; what names a folder alone is its `index`. */
function nameOf(specifier: string): string {
  const last = /[^/\\]*$/.exec(specifier.replace(query, ''))?.[0] ?? '';
  return /^\.{0,2}$/.test(last) ? 'index' : last.replace(extension, '');
}

function namesOf(file: string): string[] {
  const name = basename(file).replace(extension, '');
  return name === 'index' ? [name, basename(dirname(file))] : [name];
}
