/** What Ruby and its servers print when they fail. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failedListen, locateError } from '../../src/runtimes/ruby/error-location.ts';

const root = '/app';

const cases: readonly (readonly [
  name: string,
  text: string,
  message: string,
  file?: string,
  line?: number,
])[] = [
  [
    'a syntax error in what is loaded (3.1)',
    "server.rb:3:in `require_relative': /app/version.rb:2: syntax error, unexpected ':', expecting ')' (SyntaxError)\n" +
      "def broken(:\n           ^\n\tfrom server.rb:3:in `<main>'\n",
    "SyntaxError: unexpected ':', expecting ')'",
    '/app/version.rb',
    2,
  ],
  [
    'a syntax error (3.4)',
    'server.rb: --> /app/server.rb\nserver.rb:2: syntax errors found (SyntaxError)\n  1 | a\n> 2 | def broken(:\n',
    'SyntaxError: syntax errors found',
    '/app/server.rb',
    2,
  ],
  [
    'an exception in a gem, from the app (3.1)',
    "/usr/lib/ruby/vendor_ruby/rack/builder.rb:9:in `run': undefined local variable or method `x' for main:Object (NameError)\n" +
      "\tfrom /app/lib/routes.rb:12:in `block in draw'\n\tfrom /app/config.ru:3:in `<main>'\n",
    "NameError: undefined local variable or method `x' for main:Object",
    '/app/lib/routes.rb',
    12,
  ],
  [
    'an exception (3.4)',
    "app.rb:7:in 'Integer#/': divided by 0 (ZeroDivisionError)\n\tfrom app.rb:7:in '<main>'\n",
    'ZeroDivisionError: divided by 0',
    '/app/app.rb',
    7,
  ],
  [
    'what Puma makes of it',
    "! Unable to load application: RuntimeError: no database\n/app/config.ru:2:in `block in <main>': no database (RuntimeError)\n",
    'RuntimeError: no database',
    '/app/config.ru',
    2,
  ],
];

for (const [name, text, message, file, line] of cases)
  test(name, () => {
    assert.deepEqual(locateError(text, root), { message, file, line });
  });

test('what is no error', () => {
  assert.equal(
    locateError('Puma starting in single mode...\n* Listening on http://127.0.0.1:9292\n', root),
    undefined,
  );
});

test('a port that is taken', () => {
  const text =
    'puma/binder.rb:332:in `initialize\': Address already in use - bind(2) for "127.0.0.1" port 3000 (Errno::EADDRINUSE)\n';
  assert.deepEqual(failedListen(text), { code: 'EADDRINUSE', port: 3000 });
});
