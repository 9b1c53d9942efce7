import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sensibleActions } from '../../src/editor/status/states.ts';
import { SteadyStatus, swapDelayMs } from '../../src/editor/status/steady-status.ts';
import { indicate } from '../../src/editor/status/status-text.ts';
import { escapeMarkdown, tooltip } from '../../src/editor/status/tooltip.ts';
import type { Failure } from '../../src/shared/failure.ts';
import type { ServerState, ServerStatus } from '../../src/shared/model.ts';
import { FakeClock, generation, port3000, serving, status } from './editor-fakes.ts';

const failure: Failure = {
  generation: 8,
  reason: 'bootError',
  message: 'SyntaxError: Unexpected token',
  file: '/app/a.js',
  line: 3,
};
const inState: Record<ServerState, ServerStatus> = {
  off: status(),
  starting: status({ state: 'starting', candidate: 1 }),
  serving: serving(7),
  swapping: serving(7, { state: 'swapping', candidate: 8 }),
  stale: serving(7, { state: 'stale', failure }),
  down: status({ state: 'down', failure, listeners: [port3000] }),
  stopping: status({ state: 'stopping' }),
};

test('every state has its text, as designed', () => {
  const texts = Object.values(inState).map((each) => indicate(each, true).text);
  assert.deepEqual(texts, [
    '$(circle-outline) Hot Swap',
    '$(sync~spin) api gen 1',
    '$(arrow-swap) api gen 7 :3000',
    '$(sync~spin) api gen 7 → 8',
    '$(warning) api gen 7 (8 failed)',
    '$(error) api down, holding :3000',
    '$(sync~spin) api stopping',
  ]);
});

test('every state has its spoken label, always with the name', () => {
  const labels = Object.values(inState).map((each) => indicate(each, false).label);
  assert.deepEqual(labels, [
    'Hot Swap: no server running',
    'api: starting generation 1',
    'api: generation 7 serving on port 3000',
    'api: swapping generation 7 for 8',
    'api: generation 8 failed to start, generation 7 still serves older code',
    'api: no generation can serve; connections to port 3000 wait',
    'api: stopping',
  ]);
});

test('alarms only when newer code failed or nothing serves', () => {
  const alarming = Object.values(inState).filter((each) => indicate(each, false).alarming);
  assert.deepEqual(
    alarming.map(({ state }) => state),
    ['stale', 'down'],
  );
});

test('says that the one before crashed, which is no alarm', () => {
  const crashed = {
    ...failure,
    generation: 6,
    reason: 'crashed',
    message: 'TypeError: no database',
  } as const;
  const back = serving(7, { failure: crashed });
  assert.deepEqual(indicate(back, false), {
    text: '$(warning) gen 7 (6 crashed) :3000',
    label: 'api: generation 7 serving on port 3000 after generation 6 crashed',
    alarming: false,
  });
  assert.equal(sensibleActions(back)[0]?.title, 'Go to Error');
  assert.match(tooltip(back, { folder: '/app', server: 'api' }, 0), /Gen 6: TypeError: no database/);
});

test('says whom a debugger has stopped only when a swap waits for it, and offers to go on', () => {
  const paused = (pending: boolean): ServerStatus =>
    serving(7, { state: pending ? 'swapping' : 'serving', debugging: { paused: [7], pending } });
  assert.equal(indicate(paused(false), false).text, '$(arrow-swap) gen 7 :3000');
  assert.deepEqual(indicate(paused(true), true), {
    text: '$(debug-pause) api paused in gen 7: the swap follows when you continue',
    label: 'api: paused in generation 7: the swap follows when you continue',
    alarming: false,
  });
  assert.equal(sensibleActions(paused(true))[0]?.title, 'Swap Now');
  assert.ok(!sensibleActions(paused(false)).some(({ title }) => title === 'Debug'), 'it is debugged already');
});

test('leaves out the name of the only server, and a port it has not', () => {
  assert.equal(indicate(serving(7), false).text, '$(arrow-swap) gen 7 :3000');
  assert.equal(indicate(serving(7, { listeners: [] }), false).text, '$(arrow-swap) gen 7');
  const down = indicate(status({ state: 'down', failure }), false);
  assert.deepEqual([down.text, down.label], ['$(error) down', 'api: no generation can serve']);
});

test('names each port once', () => {
  const both = [
    port3000,
    { ...port3000, key: 'tcp:127.0.0.1:3000' },
    { ...port3000, key: 'tcp:*:3001', port: 3001 },
  ];
  const { text, label } = indicate(serving(7, { listeners: both }), false);
  assert.equal(text, '$(arrow-swap) gen 7 :3000 :3001');
  assert.equal(label, 'api: generation 7 serving on ports 3000 and 3001');
});

test('the tooltip tells the facts in one line', () => {
  const since = 1_000_000;
  const drain = {
    generation: 6,
    since: since + 229_000,
    requests: 0,
    eventStreams: 1,
    webSockets: 0,
    connections: 1,
  };
  const facts = serving(7, {
    serving: generation(7, { since }),
    draining: [drain],
    coldBootMs: 540,
    held: 2,
  });
  const [line] = tooltip(facts, { folder: '/app', server: 'api' }, since + 240_000).split('\n');
  const plain = line?.replace(/\]\(command:[^)]*\)/g, ']').replace(/\\/g, '');
  assert.equal(
    plain,
    '**api** · gen 7 · [localhost:3000] · pid 4711 · up 4 min · swapped in 23 ms (boot 540 ms)' +
      ' · adapter: Node preload · 2 requests wait · draining: gen 6, 1 event stream (11.0 s)',
  );
});

test('links of the tooltip run our commands with the server as argument', () => {
  const text = tooltip(serving(7), { folder: '/a b', server: 'api' }, 0);
  const links = [...text.matchAll(/\[([^\]]+)\]\(command:([\w.]+)\?([^)]*)\)/g)];
  assert.deepEqual(
    links.map(([, title, command]) => `${title!} ${command!}`),
    [
      'localhost:3000 hotSwap.openInBrowser',
      'Swap Now hotSwap.swap',
      'Show Handoff Log hotSwap.showHandoffLog',
      'Show Output hotSwap.showOutput',
      'Open in Browser hotSwap.openInBrowser',
      'Debug hotSwap.debug',
      'Stop hotSwap.stop',
    ],
  );
  assert.deepEqual(JSON.parse(decodeURIComponent(links[0]![3]!)), [{ folder: '/a b', server: 'api' }, 3000]);
});

test('a message from the workspace can not become a link', () => {
  const evil = { ...failure, message: '[x](command:evil) <img src=y>' };
  const text = tooltip(serving(7, { state: 'stale', failure: evil }), { folder: '/', server: 'api' }, 0);
  assert.ok(!text.includes('](command:evil'));
  assert.ok(text.includes('\\<img'));
  assert.equal(escapeMarkdown('a\n\nb'), 'a b');
});

test('the likeliest action comes first', () => {
  const first = Object.values(inState).map((each) => sensibleActions(each)[0]?.title);
  assert.deepEqual(first, [
    'Start Server',
    'Show Output',
    'Swap Now',
    'Show Output',
    'Go to Error',
    'Go to Error',
    'Show Output',
  ]);
});

test('a swap shorter than the delay is never shown', () => {
  const clock = new FakeClock();
  const shown: ServerState[] = [];
  const steady = new SteadyStatus(clock, ({ state }) => shown.push(state));
  steady.update(inState.serving);
  steady.update(inState.swapping);
  clock.pass(swapDelayMs - 1);
  steady.update(serving(8));
  clock.pass(1000);
  assert.deepEqual(shown, ['serving', 'serving']);
});

test('a longer swap is shown after the delay, counted from its first news', () => {
  const clock = new FakeClock();
  const shown: string[] = [];
  const steady = new SteadyStatus(clock, ({ state, candidate }) =>
    shown.push(`${state} ${String(candidate)}`),
  );
  steady.update(inState.serving);
  steady.update(inState.swapping);
  clock.pass(100);
  steady.update({ ...inState.swapping, candidate: 9 });
  clock.pass(50);
  assert.deepEqual(shown, ['serving undefined', 'swapping 9']);
  steady.update(inState.stale);
  assert.equal(shown.at(-1), 'stale undefined');
});

test('what is no swap is shown at once', () => {
  const shown: ServerState[] = [];
  const steady = new SteadyStatus(new FakeClock(), ({ state }) => shown.push(state));
  for (const each of [inState.starting, inState.down, inState.swapping]) steady.update(each);
  assert.deepEqual(shown, ['starting', 'down', 'swapping']);
});
