/** Text in the user's language. What knows no editor takes it from here, and tests get English. */

type Translate = (message: string, ...args: (string | number)[]) => string;

let translate: Translate = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (whole, index: string) => String(args[Number(index)] ?? whole));

/** The editor's own, `vscode.l10n.t`. */
export function translateBy(given: Translate): void {
  translate = given;
}

/** `message`: English, with `{0}` for the first of `args`; the key in `l10n/bundle.l10n.*.json`. */
export function t(message: string, ...args: (string | number)[]): string {
  return translate(message, ...args);
}
