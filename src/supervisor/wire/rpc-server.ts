/** Speaks JSON-RPC with any number of clients on behalf of the supervisor. */
import net from 'node:net';
import type { Socket } from 'node:net';
import { NotificationType0, ResponseError } from 'vscode-jsonrpc';
import type { MessageConnection } from 'vscode-jsonrpc';
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';
import type { Cause } from '../../shared/model.ts';
import type { Clock } from '../../shared/clock.ts';
import * as rpc from '../../shared/rpc.ts';
import { News } from './news.ts';
import type { Server } from '../servers/server.ts';
import type { Supervisor, SupervisorEvents } from '../supervisor.ts';

/** A client that takes longer (ms) to hear of the end does not listen. */
const lastWordsMs = 5000;

/** Of no meaning to a client. */
const closing = new NotificationType0('$/closing');

type Send = (connection: MessageConnection) => Promise<void>;

export class RpcServer {
  readonly server: net.Server;
  private readonly connections = new Set<MessageConnection>();
  private readonly news: News<Send>;
  private readonly clock: Clock;
  private readonly workspace: string;
  private readonly onClients: (count: number) => void;
  private readonly onShutdown: () => Promise<void>;
  private supervisor: Supervisor | undefined;

  /** `onClients` is called with their number whenever it changes. */
  constructor(
    clock: Clock,
    workspace: string,
    onClients: (count: number) => void,
    onShutdown: () => Promise<void>,
  ) {
    this.news = new News(clock, (send) => {
      // A connection that broke meanwhile is closing itself.
      for (const connection of this.connections) send(connection).catch(() => undefined);
    });
    this.clock = clock;
    this.workspace = workspace;
    this.onClients = onClients;
    this.onShutdown = onShutdown;
    this.server = net.createServer((socket) => {
      this.serve(socket);
    });
  }

  /** To be called before listening. */
  attach(supervisor: Supervisor): void {
    this.supervisor = supervisor;
  }

  readonly broadcast: SupervisorEvents = {
    changed: (status) => {
      this.news.add((connection) => connection.sendNotification(rpc.didChange, status));
    },
    happened: (event) => {
      if (event.event === 'starting') this.news.postpone();
      this.news.add((connection) => connection.sendNotification(rpc.didHappen, event));
    },
    printed: (chunk) => {
      this.news.add((connection) => connection.sendNotification(rpc.didPrint, chunk));
    },
    exchanged: (server, line) => {
      this.news.add((connection) => connection.sendNotification(rpc.didExchange, { server, line }));
    },
    inspecting: (where) => {
      this.news.add((connection) => connection.sendNotification(rpc.inspecting, where));
      this.news.flush(); // it waits
    },
  };

  /** Resolves when every client has heard all that was said to it, or does not listen. */
  async close(): Promise<void> {
    this.news.flush();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    // Written after the answers that are on their way: what comes after it may close.
    for (const connection of this.connections) {
      const said = connection.sendNotification(closing).catch(() => undefined);
      void said.then(() => connection.end());
    }
    const late = new Promise<void>((resolve) => this.clock.setTimeout(resolve, lastWordsMs));
    await Promise.race([closed, late]);
  }

  private serve(socket: Socket): void {
    const connection = createMessageConnection(
      new SocketMessageReader(socket),
      new SocketMessageWriter(socket),
    );
    socket.on('error', () => undefined); // 'close' follows
    connection.onClose(() => {
      connection.dispose();
      if (!this.connections.delete(connection)) return;
      this.supervisor?.left(connection);
      this.onClients(this.connections.size);
    });
    connection.onRequest(rpc.hello, (params) => {
      if (params.protocol !== rpc.protocolVersion) throw otherVersion(params.protocol);
      this.news.flush(); // none of it is news to this one
      this.connections.add(connection);
      if (params.client === rpc.editor)
        this.running().joined(connection, (files) => connection.sendRequest(rpc.heard, { files }));
      this.onClients(this.connections.size);
      return {
        protocol: rpc.protocolVersion,
        pid: process.pid,
        workspace: this.workspace,
        servers: this.running().statuses,
      };
    });
    this.serveRequests(connection);
    connection.listen();
  }

  private serveRequests(connection: MessageConnection): void {
    const guard = (): Supervisor => {
      if (this.connections.has(connection)) return this.running();
      throw new ResponseError(rpc.errorCodes.helloFirst, 'Say hello first');
    };
    const find = (name: string): Server => {
      const server = guard().find(name);
      if (server !== undefined) return server;
      throw new ResponseError(rpc.errorCodes.unknownServer, `There is no server "${name}" here`);
    };
    const now = (kind: Cause['kind']): Cause => ({ kind, files: [], at: Date.now() });
    const answer = this.afterNews.bind(this);
    connection.onRequest(rpc.define, (spec) => answer(() => guard().define(spec)));
    connection.onRequest(rpc.start, ({ server }) => answer(() => find(server).start(now('start'))));
    connection.onRequest(rpc.swap, ({ server, cause }) => answer(() => find(server).swap(cause)));
    connection.onRequest(rpc.wait, ({ server }) =>
      answer(() => {
        find(server);
        return guard().untilCurrent(server) ?? { outcome: 'stopped' as const };
      }),
    );
    connection.onRequest(rpc.restart, ({ server }) => answer(() => find(server).restart(now('restart'))));
    connection.onRequest(rpc.back, ({ server }) => answer(() => guard().back(find(server))));
    connection.onRequest(rpc.stop, ({ server, signal }) => answer(() => find(server).stop(signal)));
    connection.onRequest(rpc.status, () => answer(() => guard().statuses));
    connection.onRequest(rpc.recent, ({ server }) =>
      answer(() => {
        const { history } = find(server).told;
        return { events: history.events, output: history.output };
      }),
    );
    connection.onRequest(rpc.marks, ({ server }) => answer(() => find(server).roster.marks(this.clock)));
    connection.onRequest(rpc.requests, ({ server }) =>
      answer(() => find(server).roster.requests(this.clock)),
    );
    connection.onRequest(rpc.shutdown, () =>
      answer(() => {
        guard();
        return this.onShutdown();
      }),
    );
    connection.onNotification(rpc.saved, ({ files, time }) => {
      guard().saved(files, time);
    });
    connection.onNotification(rpc.writing, ({ files }) => {
      guard().writing(files);
    });
    connection.onNotification(rpc.unsaved, ({ files }) => {
      guard().unsaved(connection, files);
    });
    connection.onNotification(rpc.working, ({ changed, open }) => {
      guard().working(connection, changed, open);
    });
    connection.onRequest(rpc.debug, ({ server, on }) =>
      answer(() => {
        const { debugging } = find(server);
        if (on) debugging.begin(connection);
        else debugging.end(connection);
      }),
    );
    connection.onNotification(rpc.attached, ({ server, port, isThere }) => {
      find(server).debugging.attached(port, isThere);
    });
    connection.onNotification(rpc.paused, ({ server, generation, isPaused }) => {
      find(server).debugging.setPaused(generation, isPaused);
    });
    connection.onNotification(rpc.cut, ({ server, generation, request }) => {
      find(server).roster.cut(generation, request);
    });
    connection.onNotification(rpc.input, ({ server, text, isLast }) => {
      find(server).write(text, isLast);
    });
  }

  /** The client hears what has happened before it hears the answer. */
  private async afterNews<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await work();
    } finally {
      this.news.flush();
    }
  }

  private running(): Supervisor {
    if (this.supervisor === undefined) throw new ResponseError(rpc.errorCodes.failed, 'Not started yet');
    return this.supervisor;
  }
}

function otherVersion(theirs: number): ResponseError {
  return new ResponseError(
    rpc.errorCodes.otherVersion,
    `The servers of this workspace run under another version of Hot Swap (protocol ${String(rpc.protocolVersion)}, ` +
      `this client speaks ${String(theirs)}). Stop them there, or close the other window, and try again.`,
  );
}
