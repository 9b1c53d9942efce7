/**
 * The debug session of a server as a whole: it is what Stop and Restart mean, and the parent of those of its generations,
 * which are js-debug's. It debugs nothing itself. The protocol: https://microsoft.github.io/debug-adapter-protocol
 */
import * as vscode from 'vscode';

export interface Root {
  /** Debugging begins; rejects with an error for the user. */
  begin(): Promise<void>;
  /** What follows once the editor knows that it has begun. */
  go(): Promise<void>;
  restart(): Promise<void>;
  end(): Promise<void>;
}

interface Request {
  readonly seq: number;
  readonly command: string;
  readonly arguments?: { readonly breakpoints?: readonly unknown[] };
}

const capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsTerminateRequest: true,
  supportsRestartRequest: true,
};

export class RootAdapter extends vscode.Disposable implements vscode.DebugAdapter {
  private readonly emitter = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  readonly onDidSendMessage = this.emitter.event;
  private readonly root: Root;
  private seq = 1;
  private isOver = false;

  constructor(root: Root) {
    super(() => {
      this.isOver = true;
      this.emitter.dispose();
      void root.end();
    });
    this.root = root;
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    const request = message as unknown as Request;
    this.answer(request).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      const body = { error: { id: 1, format: text.replaceAll('{', '('), showUser: true } };
      this.send({ ...responseTo(request), success: false, message: text, body });
      this.terminated();
    });
  }

  /** The server has ended. */
  terminated(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.send({ type: 'event', event: 'terminated' });
  }

  /** For the debug console. */
  say(text: string): void {
    this.send({ type: 'event', event: 'output', body: { category: 'important', output: `${text}\n` } });
  }

  private async answer(request: Request): Promise<void> {
    const done = (body?: object): void => this.send({ ...responseTo(request), success: true, body });
    switch (request.command) {
      case 'initialize':
        done(capabilities);
        this.send({ type: 'event', event: 'initialized' });
        return;
      case 'launch':
      case 'attach':
        await this.root.begin();
        done();
        this.root.go().catch((error: unknown) => {
          this.say(error instanceof Error ? error.message : String(error));
          this.terminated();
        });
        return;
      case 'restart':
        done();
        await this.root.restart().catch((error: unknown) => this.say(String(error)));
        return;
      case 'disconnect':
      case 'terminate':
        await this.root.end();
        done();
        this.terminated();
        return;
      case 'threads':
        done({ threads: [] });
        return;
      case 'setBreakpoints':
      case 'setFunctionBreakpoints':
      case 'setExceptionBreakpoints':
      case 'setInstructionBreakpoints':
        // They are the generations' to set.
        done({ breakpoints: (request.arguments?.breakpoints ?? []).map(() => ({ verified: false })) });
        return;
      default:
        done({});
    }
  }

  private send(message: object): void {
    this.emitter.fire({ seq: this.seq++, ...message });
  }
}

function responseTo({ seq, command }: Request): object {
  return { type: 'response', request_seq: seq, command };
}
