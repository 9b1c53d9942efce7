/** Wraps `net.Server.prototype.listen`, the one place where any Node server meets its port. */
import type { Invitation } from '../../../protocol/messages.ts';
import { patchOnLoad } from '../engine/patch-on-load.ts';
import type { AnyServer, NetInternals } from '../engine/internals.ts';
import { listenerKey } from '../sockets/listener-key.ts';
import { loadServing } from './load-serving.ts';
import type { Participant, Self } from './participant.ts';

type Listen = AnyServer['listen'];

/** `onServer` is called before this process's first listener is made. */
export function interceptListen(invitation: Invitation, self: Self, onServer: () => void): void {
  const unclaimed = new Map(Object.entries(invitation.listeners));
  let participant: Participant | undefined;

  const intercepting = (original: Listen) =>
    function (this: AnyServer, ...args: unknown[]): AnyServer {
      const bare = (): AnyServer => Reflect.apply(original, this, args) as AnyServer;
      const { _normalizeArgs } = require('node:net') as NetInternals; // loaded, or nobody could call this
      const [options, callback] = _normalizeArgs(args);
      const key = listenerKey(options, (numbered) => participant?.serves(numbered) === true);
      if (key === undefined || this._handle !== null) return bare();
      if (participant === undefined) {
        onServer();
        participant = new (loadServing().Participant)(invitation, self);
      }
      if (participant.serves(key)) return bare(); // in use: Node says so
      const { ServedListener } = loadServing();
      const served = new ServedListener(this, key, options, participant, original);
      participant.add(served);
      if (served.shared) return bare();
      const fd = unclaimed.get(key);
      unclaimed.delete(key);
      if (fd === undefined) return bare();
      // As Node does: the callback is the first to hear of it.
      if (callback !== null) this.once('listening', callback);
      if (served.adopt(fd)) return this;
      if (callback !== null) this.removeListener('listening', callback);
      return bare();
    };
  const net = {
    builtin: 'net',
    binding: 'tcp_wrap',
    taken: 'TCPConnectWrap',
    method: 'listen',
    load: () => (require('node:net') as { Server: { prototype: Record<string, Listen> } }).Server,
  };
  patchOnLoad(net, (original: Listen) =>
    Object.defineProperty(intercepting(original), 'name', { value: original.name }),
  );
}
