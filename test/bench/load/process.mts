// The load runs in a process of its own, so that neither the harness nor a peer's output disturbs its schedule; and
// before all others, where that is allowed, as clients on another machine would: what they wait is the server's doing.
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import type { Order, Report } from './exchange.mts';
import { OpenLoop } from './openLoop.mts';

let load: OpenLoop | undefined;

try {
  os.setPriority(os.constants.priority.PRIORITY_HIGHEST);
  // Linux may share processors out by session first, and this is one: sched(7).
  writeFileSync('/proc/self/autogroup', String(os.constants.priority.PRIORITY_HIGHEST), { flag: 'r+' });
} catch {
  // only root may; the latencies then have some waiting of the clients in them
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
