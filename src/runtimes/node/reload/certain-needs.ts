/** What a module's text says that it loads whatever happens: imports, and what it requires outside of all blocks. */
import path from 'node:path';

const comments = /\/\*.*?\*\/|^\s*\/\/[^\n]*$/gms;
/** Of types alone nothing is loaded. */
const imports =
  /^(?:import|export)\b(?!\s+type\b)(?:[^;'"()`]*?\bfrom)?\s*(?<quote>['"])(?<name>[^'"\n]+)\k<quote>/gm;
/** A statement that begins where its line does is in no block, as code is written; and is none that may skip it. */
const requires =
  /^(?!(?:if|try|catch|finally|for|while|do|switch|else|function|async|class)\b)[\w$][^\n]*?\brequire\((?<call>[^\n]*)$/gm;
const maybe = /=>|\bfunction\b|&&|\|\||\?|`|\btry\b/;
const texts = /(['"])([^'"\n]+)\1/g;

/** `file`: what it has loaded, by a name that may stand for others, too. */
export function certainlyNeeds(text: string, file: string): boolean {
  const code = text.replace(comments, '');
  const names = [...code.matchAll(imports)].map(({ groups }) => groups?.['name'] ?? '');
  for (const [line, call = ''] of code.matchAll(requires)) {
    if (maybe.test(line)) continue;
    for (const [, , name = ''] of call.matchAll(texts)) names.push(name);
  }
  return names.some((name) => isCalled(file, name));
}

/** `./routes`, `../lib/routes.js`, for `routes.ts` or `routes/index.js`. */
function isCalled(file: string, name: string): boolean {
  if (!/[./]/.test(name)) return false;
  const called = stem(name);
  const own = stem(file);
  return called === own || (own === 'index' && called === path.basename(path.dirname(file)));
}

function stem(file: string): string {
  return path.basename(file).replace(/\.[cm]?[jt]sx?$|\.json$/, '');
}
