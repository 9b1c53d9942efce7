/** Wraps `net.Server.prototype.listen`, the one place where any Node server meets its port. */
import { existsSync } from 'node:fs';
import type { Invitation } from '../../../protocol/messages.ts';
import { patchOnLoad } from '../engine/patch-on-load.ts';
import type { AnyServer, NetInternals } from '../engine/internals.ts';
import { isForOneClient, listenerKey } from '../sockets/listener-key.ts';
import { pathOf } from '../as-alone/key-address.ts';
import { loadServing } from './load-serving.ts';
import type { Self } from './self.ts';
import type { Ports } from './ports.ts';

type Listen = AnyServer['listen'];

/** `onServing`: this process listens, and not just to see whether a port is free. */
export function interceptListen(
  invitation: Invitation,
  self: Self,
  ports: Ports,
  onServing: () => void,
): void {
  const intercepting = (original: Listen) =>
    function (this: AnyServer, ...args: unknown[]): AnyServer {
      const bare = (): AnyServer => Reflect.apply(original, this, args) as AnyServer;
      const { _normalizeArgs } = require('node:net') as NetInternals; // loaded, or nobody could call this
      const [options, callback] = _normalizeArgs(args);
      const serves = (numbered: string): boolean => ports.participant?.served.get(numbered) !== undefined;
      const key = listenerKey(options, serves);
      if (key === undefined || this._handle !== null) return bare();
      const haveCome = ports.participant?.served.haveClientsCome === true;
      if (haveCome && isForOneClient(options) && !ports.inherited.has(key)) return bare();
      const participant = (ports.participant ??= new (loadServing().Participant)(
        invitation,
        self,
        ports.inherited,
        onServing,
      ));
      const givenUp = participant.served.givenUp(key);
      if (givenUp !== undefined) {
        if (callback !== null) this.once('listening', callback);
        givenUp.pretend(this);
        return this;
      }
      if (serves(key)) return bare(); // in use: Node says so
      const { ServedListener } = loadServing();
      const served = new ServedListener(this, key, options, participant, original);
      participant.served.add(served);
      if (served.shared) return bare();
      const path = pathOf(key);
      if (path !== undefined) ports.unixFiles.listens(path, () => participant.served.accepts(key));
      const inherited = ports.inherited.take(key);
      if (inherited === undefined || (path !== undefined && !existsSync(path))) return bare();
      // As Node does: the callback is the first to hear of it.
      if (callback !== null) this.once('listening', callback);
      if (served.adopt(inherited)) return this;
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
