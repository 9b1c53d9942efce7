// The load runs in a process of its own, so that neither the harness nor a peer's output disturbs its schedule; and
// before all others, where that is allowed, as clients on another machine would: what they wait is the server's doing.
import { execFileSync } from 'node:child_process';
import type { Order, Report } from './exchange.mts';
import { OpenLoop } from './openLoop.mts';

let load: OpenLoop | undefined;

try {
  // A nice value would not do: Linux lets whoever runs end its slice, 3 ms, before even the nicest comes.
  execFileSync('chrt', ['--fifo', '--pid', '1', String(process.pid)], { stdio: 'ignore' });
} catch {
  // Only root may, and only Linux can; the latencies then have some waiting of the clients in them.
}

process.on('message', (order: Order) => {
  if (order.do === 'start') load = new OpenLoop(order.port, order.rate);
  else void finish();
});
// The harness hangs up when it has read the report; hanging up here could cut it short.
process.on('disconnect', () => process.exit());

async function finish(): Promise<void> {
  await load?.stop();
  process.send!({ exchanges: load?.exchanges ?? [], lateMs: load?.lateMs ?? [] } satisfies Report);
}
