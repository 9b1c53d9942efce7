/** What the editor's parts need of a log; VS Code's LogOutputChannel is one. */
export interface Log {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}
