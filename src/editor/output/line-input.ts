/** A server reads from a pipe, so the terminal's line editing happens here: echo, backspace, Enter. */

export interface InputActions {
  echo(text: string): void;
  /** One or more whole lines. */
  send(text: string): void;
  /** Ctrl+C. */
  interrupt(): void;
}

export class LineInput {
  private line: string[] = [];

  constructor(private readonly actions: InputActions) {}

  /** @param data what the terminal says was typed or pasted */
  type(data: string): void {
    // Cursor keys and the like: a line editor this small has no use for them.
    if (data.startsWith('\x1b')) return;
    for (const character of data.replace(/\r\n?/g, '\n')) this.key(character);
  }

  private key(character: string): void {
    switch (character) {
      case '\x03':
        this.line = [];
        this.actions.echo('^C\r\n');
        this.actions.interrupt();
        break;
      case '\x7f':
      case '\b':
        if (this.line.pop() !== undefined) this.actions.echo('\b \b');
        break;
      case '\n':
        this.actions.echo('\r\n');
        this.actions.send(`${this.line.join('')}\n`);
        this.line = [];
        break;
      default:
        if (character < ' ' && character !== '\t') return;
        this.line.push(character);
        this.actions.echo(character);
    }
  }
}
