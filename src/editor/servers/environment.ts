/** The environment of a server: what it would get in the integrated terminal, not what the editor's host has. */

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables of the editor itself. The first four are what VS Code removes for its own terminals and tasks
 * (`sanitizeProcessEnvironment` in src/vs/base/common/processes.ts); the others are of VS Code in the browser.
 */
const editorOnly = [
  /^ELECTRON_/,
  /^VSCODE_(?!SHELL_LOGIN$|PORTABLE$|ENV_REPLACE$|ENV_APPEND$|ENV_PREPEND$)/,
  /^SNAP(_|$)/,
  /^GDK_PIXBUF_/,
  /^CODE_SERVER_/,
  /^CHROME_DESKTOP$/,
  /^GIO_LAUNCHED_DESKTOP_FILE/,
];

export function withoutEditorVariables(env: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !editorOnly.some((pattern) => pattern.test(name))) kept[name] = value;
  }
  return kept;
}

/** Layers changes over an environment, as `terminal.integrated.env` means them: `null` removes a variable. */
export function layer(
  base: Environment,
  ...changes: readonly Readonly<Record<string, string | null>>[]
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const source of [base, ...changes]) {
    for (const [name, value] of Object.entries(source)) {
      if (typeof value === 'string') result[name] = value;
      else Reflect.deleteProperty(result, name);
    }
  }
  return result;
}

/** A server's output goes to a terminal, but through a pipe: libraries would leave colours out. */
export function withColours(env: Readonly<Record<string, string>>): Record<string, string> {
  const decided = 'NO_COLOR' in env || 'FORCE_COLOR' in env;
  return decided ? { ...env } : { ...env, FORCE_COLOR: '1' };
}
