// The load runs in a process of its own, so that neither the harness nor a peer's output disturbs its schedule.
import type { Order, Report } from './exchange.mts';
import { OpenLoop } from './openLoop.mts';

/** The load itself asks every five; much more would slow the boot that is being timed. */
const pollEveryMs = 10;
/** A held request answers the moment it is released, so more than a few polls at once would tell nothing new. */
const openPolls = 2;

let load: OpenLoop | undefined;
let newest = 0;

process.on('message', (order: Order) => {
  if (order.do === 'start') load = new OpenLoop(order.port, order.rate, seen);
  else if (order.do === 'poll') pollUntil(order.version);
  else void finish();
});
// The harness hangs up when it has read the report; hanging up here could cut it short.
process.on('disconnect', () => process.exit());

function seen(version: number): void {
  if (version <= newest) return;
  newest = version;
  report({ is: 'seen', version, time: Date.now() });
}

/** Ends by itself when the version has been seen, by whichever request, or when a newer one is asked for. */
let wanted = 0;
function pollUntil(version: number): void {
  wanted = version;
  let open = 0;
  const timer = setInterval(() => {
    if (newest >= version || wanted !== version || !load) clearInterval(timer);
    else if (open < openPolls) pollOnce(load);
  }, pollEveryMs);
  function pollOnce(by: OpenLoop): void {
    open++;
    void by.poll().then(() => open--);
  }
}

async function finish(): Promise<void> {
  wanted = 0;
  await load?.stop();
  report({ is: 'finished', exchanges: load?.exchanges ?? [], lateMs: load?.lateMs ?? [] });
}

function report(message: Report): void {
  process.send!(message);
}
