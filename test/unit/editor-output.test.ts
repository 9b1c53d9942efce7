import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineInput } from '../../src/editor/output/line-input.ts';
import { OutputText } from '../../src/editor/output/output-text.ts';
import type { HandoffEvent } from '../../src/shared/model.ts';

/** A terminal's text without colours; `\r\n` is shown as a line break, as terminals do. */
class Screen {
  raw = '';
  readonly text = new OutputText((text) => (this.raw += text));

  get lines(): string[] {
    // eslint would rather not see control characters in patterns, and rightly so: they are built here.
    const colours = new RegExp(`${String.fromCharCode(27)}\\[\\d*m`, 'g');
    return this.raw.replace(colours, '').split('\r\n');
  }

  print(generation: number, text: string, stream: 'stdout' | 'stderr' = 'stdout'): void {
    this.text.print({ server: 'api', generation, stream, text, time: 0 });
  }

  starting(generation: number, ...files: string[]): void {
    this.happened({
      event: 'starting',
      origin: 'cold',
      generation,
      pid: 1,
      cause: { kind: 'save', files, at: 0 },
    });
  }

  ready(generation: number): void {
    this.happened({ event: 'ready', generation, bootMs: 0, held: 0 });
  }

  serving(generation: number, swapMs: number): void {
    this.happened({
      event: 'serving',
      standby: false,
      generation,
      pid: 1,
      bootMs: 0,
      swapMs,
      listeners: [],
      coldBootMs: 0,
    });
  }

  happened(
    event: HandoffEvent extends infer E
      ? E extends HandoffEvent
        ? Omit<E, 'server' | 'time'>
        : never
      : never,
  ): void {
    this.text.happened({ server: 'api', time: 0, ...event });
  }
}

test('prints the first generation as it is, under its rule', () => {
  const screen = new Screen();
  screen.starting(1);
  screen.print(1, 'listening\nready');
  screen.serving(1, 540);
  screen.print(1, ' now\n');
  assert.deepEqual(screen.lines, ['── gen 1 ──', 'listening', 'ready now', '']);
});

test('draws a rule where a generation takes over, and marks the others', () => {
  const screen = new Screen();
  screen.starting(7);
  screen.serving(7, 540);
  screen.starting(8, '/app/server.js');
  screen.print(8, 'booting\n');
  screen.print(7, 'GET /\n');
  screen.serving(8, 18.2);
  screen.print(7, 'GET /slow\n');
  screen.print(8, 'GET /new\n');
  assert.deepEqual(screen.lines, [
    '── gen 7 ──',
    'gen 8 │ booting',
    'GET /',
    '── gen 8 · server.js · 18 ms ──',
    'gen 7 │ GET /slow',
    'GET /new',
    '',
  ]);
});

test('what a generation prints as it begins to accept stands below its rule', () => {
  const screen = new Screen();
  screen.starting(1);
  screen.serving(1, 1);
  screen.starting(2, '/app/a.js');
  screen.print(2, 'booting\n');
  screen.ready(2);
  screen.print(2, 'listening\n');
  screen.serving(2, 20);
  assert.deepEqual(screen.lines.slice(1), ['gen 2 │ booting', '── gen 2 · a.js · 20 ms ──', 'listening', '']);
});

test('what a generation printed that failed its probe is shown, marked', () => {
  const screen = new Screen();
  screen.starting(1);
  screen.serving(1, 1);
  screen.starting(2, '/app/a.js');
  screen.ready(2);
  screen.print(2, 'GET /healthz 500\n');
  screen.happened({
    event: 'rolledBack',
    generation: 2,
    serving: 1,
    reason: 'probeFailed',
    message: 'x',
    released: 0,
  });
  assert.deepEqual(screen.lines.slice(1), ['gen 2 │ GET /healthz 500', '']);
});

test('says how many files changed', () => {
  const screen = new Screen();
  screen.starting(1);
  screen.serving(1, 1);
  screen.starting(2, '/app/a.js', '/app/b.js', '/app/c.js');
  screen.serving(2, 1400);
  assert.equal(screen.lines[1], '── gen 2 · a.js and 2 more · 1.4 s ──');
});

test('never mixes the lines of two generations', () => {
  const screen = new Screen();
  screen.starting(1);
  screen.serving(1, 1);
  screen.print(1, 'half a li');
  screen.print(2, 'other li', 'stderr');
  screen.print(2, 'and out\n');
  screen.print(2, 'ne\n', 'stderr');
  screen.print(1, 'ne\n');
  assert.deepEqual(screen.lines, [
    '── gen 1 ──',
    'half a li',
    'gen 2 │ and out',
    'gen 2 │ other line',
    'ne',
    '',
  ]);
});

test('shows what a generation left unfinished when it quits', () => {
  const screen = new Screen();
  screen.starting(1);
  screen.serving(1, 1);
  screen.print(2, 'TypeError: x', 'stderr');
  const retired = { exitCode: 1, signal: null, drainMs: 0, served: false, finished: 0, eventStreams: 0 };
  screen.happened({ event: 'retired', generation: 2, ...retired, webSockets: 0, idle: 0, lost: 0 });
  assert.equal(screen.lines[1], 'gen 2 │ TypeError: x');
});

test('after a failure with nothing serving, the next generation prints as it is', () => {
  const screen = new Screen();
  screen.starting(1);
  screen.print(1, 'Error\n');
  screen.happened({ event: 'rolledBack', generation: 1, reason: 'bootError', message: 'x', released: 0 });
  screen.starting(2, '/app/a.js');
  screen.print(2, 'fine\n');
  assert.deepEqual(screen.lines, ['── gen 1 ──', 'Error', '── gen 2 · a.js ──', 'fine', '']);
});

test('says so when an older generation serves again', () => {
  const screen = new Screen();
  screen.starting(1);
  screen.serving(1, 1);
  screen.starting(2);
  screen.serving(2, 5);
  screen.happened({
    event: 'rolledBack',
    generation: 2,
    serving: 1,
    reason: 'crashed',
    message: 'x',
    released: 0,
  });
  screen.print(1, 'GET /\n');
  assert.deepEqual(screen.lines.slice(2), ['── gen 1 serves again ──', 'GET /', '']);
});

test('leaves colours and carriage returns alone', () => {
  const screen = new Screen();
  screen.starting(1);
  screen.raw = '';
  screen.print(1, '\x1b[32mok\x1b[0m\r\n10%\r20%\n');
  assert.equal(screen.raw, '\x1b[32mok\x1b[0m\r\n10%\r20%\r\n');
});

test('input is echoed, edited and sent by the line', () => {
  const log: string[] = [];
  const input = new LineInput({
    echo: (text) => log.push(`echo ${JSON.stringify(text)}`),
    send: (text) => log.push(`send ${JSON.stringify(text)}`),
    interrupt: () => log.push('interrupt'),
  });
  for (const key of ['a', 'x', '\x7f', 'ü', '\x1b[A', '\r', '\x7f']) input.type(key);
  assert.deepEqual(log, [
    'echo "a"',
    'echo "x"',
    'echo "\\b \\b"',
    'echo "ü"',
    'echo "\\r\\n"',
    'send "aü\\n"',
  ]);
  log.length = 0;
  input.type('one\r\ntwo\nthr');
  input.type('\x03');
  input.type('\r');
  assert.deepEqual(
    log.filter((line) => !line.startsWith('echo')),
    ['send "one\\n"', 'send "two\\n"', 'interrupt', 'send "\\n"'],
  );
});
