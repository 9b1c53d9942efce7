/** With what a command has its modules compiled, as flags of Node; none of it is the app's own. */
import path from 'node:path';
import type { ServerSpec } from '../../../shared/spec.ts';
import { pathOf } from '../own-words.ts';
import type { ModuleGraph } from '../own-words.ts';

/** Packages that extend what Node can load. */
const packages =
  /(?:^|[\\/])(?:tsx|ts-node|ts-node-dev|@swc-node|@swc[\\/]register|esbuild-register|@babel[\\/](?:register|node)|pirates|sucrase|jiti|coffeescript|vite-node|@esbuild-kit|esno|amaro)(?:[\\/]|$)/;
/** Of these, who answers for `require` alone: what is compiled by it is compiled as what is imported is. */
const known = /(?:^|[\\/])(?:tsx|ts-node|@swc-node|@swc[\\/]register|esbuild-register)(?:[\\/]|$)/;
/** As a package is named, or by where it lies: what is the app's own is not run. */
const ofPackage = /^(?:[\w@]|.*[\\/]node_modules[\\/])/s;
const preloads = /^(?:-r|--require|--import)$/;
const loaders = /^--(?:experimental-)?loader(?:=|$)/;
const tsNode = /^.*[\\/]node_modules[\\/]ts-node(?=[\\/])/s;

/** Empty: Node's own are enough. Undefined: nobody can tell. */
export function compilersOf(
  { main, flags, modules }: Pick<ModuleGraph, 'main' | 'flags' | 'modules'>,
  { env }: Pick<ServerSpec, 'env'>,
): readonly string[] | undefined {
  const all = [...(env['NODE_OPTIONS'] ?? '').split(/\s+/), ...flags];
  if (all.some((flag) => loaders.test(flag))) return undefined;
  const found: string[] = [];
  for (const [i, flag] of all.entries()) {
    const [name = '', joined] = /^(--(?:require|import))=(.*)$/s.exec(flag)?.slice(1) ?? [flag];
    const module = joined ?? all[i + 1] ?? '';
    if (!preloads.test(name) || !ofPackage.test(module)) continue;
    if (known.test(module)) found.push(name, module);
    else if (packages.test(module)) return undefined;
  }
  if (found.length > 0) return found;
  const loaded = modules.flatMap(({ id }) => (/[\\/]node_modules[\\/]/.test(id) ? [pathOf(id)] : []));
  const [itsFolder] = loaded.flatMap((file) => tsNode.exec(file) ?? []);
  if (itsFolder !== undefined && /^(?:ts-node|bin)/.test(path.basename(main)))
    return ['--require', path.join(itsFolder, 'register/transpile-only.js')];
  const isCompiled = loaded.some((file) => packages.test(file.replace(/^.*[\\/]node_modules[\\/]/s, '')));
  return isCompiled ? undefined : [];
}
