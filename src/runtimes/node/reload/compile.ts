/**
 * A process of its own, with the compilers of a server's command and nothing else of it: compiles each file that it is
 * given as Node would load it, and runs none. Of the first that does not compile it dies, with the words of a boot that
 * dies of it. In doubt a file compiles.
 */
import { readFileSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';

interface Order {
  readonly files: readonly string[];
  /** What a command preloads has to do with what compiles. */
  readonly hooked: boolean;
}

/** `file`, compiled; `format` is newer Nodes'. */
type Compile = (this: NodeJS.Module, code: string, file: string, format?: string) => void;
type Extension = (module: NodeJS.Module, file: string) => void;

/** What `require` is not let to, or esbuild as CommonJS: what is imported may do it. */
const onlyImported = /Top-level await is currently not supported|ERR_REQUIRE_ESM|ERR_REQUIRE_ASYNC_MODULE/;
/** Said of a module that is no CommonJS: it is taken for the other kind. */
const moduleSyntax =
  /Cannot use import statement outside a module|Unexpected token 'export'|Cannot use 'import\.meta' outside a module|await is only valid in async functions/;

const { files, hooked } = JSON.parse(process.argv[2] ?? '') as Order;
for (const file of files) compile(file);

function compile(file: string): void {
  const extension = path.extname(file);
  if (extension === '.json') {
    asJson(file);
    return;
  }
  const known = Module as unknown as {
    readonly _extensions: Readonly<Record<string, Extension | undefined>>;
  };
  const load = known._extensions[extension];
  if (/\.[cm]?[jt]sx?$/.test(extension) && load !== undefined && (hooked || /ts/.test(extension)))
    hookedCompile(load, file);
  else if (/^$|^\.[cm]?js$/.test(extension)) plainCompile(file);
}

/** As whoever extended `require` has it. */
function hookedCompile(load: Extension, file: string): void {
  const module = new Module(file) as NodeJS.Module & { _compile: Compile };
  module.filename = file;
  module._compile = (code, name, format) => {
    if (format === 'module') return;
    try {
      asScript(code, name);
    } catch (error) {
      if (!compilesAsModule(code, name)) throw error;
    }
  };
  try {
    load(module, file);
  } catch (error) {
    const { code = '', message, name } = error as NodeJS.ErrnoException;
    // Else it is nothing that is wrong with the file: it is not there, say.
    const isRefused = /SyntaxError|TSError|TransformError/.test(name) || code === 'GenericFailure';
    const isWritten = isRefused || /Transform failed|Syntax Error|Unable to compile/.test(message);
    if (isWritten && !onlyImported.test(`${code} ${message}`)) throw error;
  }
}

function plainCompile(file: string): void {
  const code = withoutMark(readFileSync(file, 'utf8'));
  const kind = kindOf(file);
  if (kind === 'module') {
    asModule(code, file);
    return;
  }
  try {
    asScript(code, file);
  } catch (error) {
    if (kind === 'commonjs' || !moduleSyntax.test((error as Error).message)) {
      if (kind === undefined && compilesAsModule(code, file)) return;
      throw error;
    }
    asModule(code, file);
  }
}

/** https://nodejs.org/api/packages.html#determining-module-system; undefined: by its syntax. */
function kindOf(file: string): 'commonjs' | 'module' | undefined {
  const extension = path.extname(file);
  if (extension === '.mjs') return 'module';
  if (extension === '.cjs') return 'commonjs';
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    try {
      const text = readFileSync(path.join(folder, 'package.json'), 'utf8');
      const { type } = JSON.parse(text) as { readonly type?: unknown };
      // Of a file without an extension it depends on the version.
      return type === 'commonjs' || (type === 'module' && extension !== '') ? type : undefined;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || folder === path.dirname(folder)) return undefined;
    }
    if (path.basename(folder) === 'node_modules') return undefined;
  }
}

function asScript(code: string, file: string): void {
  vm.compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: file });
}

function asModule(code: string, file: string): void {
  const identifier = pathToFileURL(file).href;
  new vm.SourceTextModule(code, { identifier });
}

function compilesAsModule(code: string, file: string): boolean {
  try {
    asModule(code, file);
    return true;
  } catch {
    return false;
  }
}

function asJson(file: string): void {
  const text = withoutMark(readFileSync(file, 'utf8'));
  try {
    JSON.parse(text);
  } catch (error) {
    (error as Error).message = `${file}: ${(error as Error).message}`;
    throw error;
  }
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
