// Asks until the new code answers. A process of its own, so that the load keeps its schedule however often it asks.
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './ask.mts';
import { clock } from './clock.mts';
import { Connection } from './connection.mts';
import type { Exchange } from './exchange.mts';
import type { StopwatchOrder, StopwatchReport } from './stopwatchHandle.mts';

/** A swap of 10 ms is told to 2 ms; one that takes longer is not slowed down by being watched. */
const hasty = { everyMs: 2, forMs: 250 };
const patientMs = 10;
/** A held request answers the moment it is released, so more at once would tell nothing new. */
const mostOpen = 3;

const exchanges: Exchange[] = [];
let wanted = 0;
let newest = 0;

process.on('message', (order: StopwatchOrder) => {
  if (order.do === 'watch') void watch(order.port, order.version);
  else if (order.do === 'rest') wanted = 0;
  else report({ is: 'finished', exchanges });
});
process.on('disconnect', () => process.exit());

/** Ends when the version was seen, when another is asked for, or when it is told to rest. */
async function watch(port: number, version: number): Promise<void> {
  wanted = version;
  // Whatever is slow the first time is not the server; one that does not answer is not waited for.
  await Promise.race([poll(port), sleep(250)]);
  report({ is: 'watching', version });
  const start = clock();
  let open = 0;
  const step = (): void => {
    if (newest >= version || wanted !== version) return;
    setTimeout(step, clock() - start < hasty.forMs ? hasty.everyMs : patientMs);
    if (open >= mostOpen) return;
    open++;
    void poll(port).then(() => open--);
  };
  step();
}

async function poll(port: number): Promise<void> {
  const due = { wall: Date.now(), clock: performance.now() };
  const exchange = await ask(
    { kind: 'poll', client: 'stopwatch', path: '/', connection: new Connection(port, false), due },
    (v) => {
      if (v <= newest) return;
      newest = v;
      report({ is: 'seen', version: v, moment: { time: Date.now(), clock: clock() } });
    },
  );
  exchanges.push(exchange);
}

function report(message: StopwatchReport): void {
  process.send!(message);
}
