/** The command line of the `code` executable, as far as the shim follows it. */

const takesValue = new Set([
  'extensionDevelopmentPath',
  'extensionTestsPath',
  'user-data-dir',
  'extensions-dir',
]);
const commandLineOnly = ['version', 'help', 'list-extensions', 'install-extension', 'uninstall-extension'];

export interface CodeArguments {
  /** True where `code` would open no window. */
  readonly commandLineOnly: boolean;
  readonly workspace: string | undefined;
  all(name: string): string[];
  last(name: string): string | undefined;
}

export function parseCodeArguments(args: readonly string[]): CodeArguments {
  const flags = new Map<string, string[]>();
  const positional: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const [, name, inline] = /^--?([^=]+)(?:=(.*))?$/s.exec(args[i] ?? '') ?? [];
    if (name === undefined) {
      positional.push(args[i] ?? '');
      continue;
    }
    const value = inline ?? (takesValue.has(name) ? args[(i += 1)] : '');
    flags.set(name, [...(flags.get(name) ?? []), value ?? '']);
  }
  return {
    commandLineOnly: commandLineOnly.some((name) => flags.has(name)),
    workspace: positional.at(-1),
    all: (name) => flags.get(name) ?? [],
    last: (name) => flags.get(name)?.at(-1),
  };
}
