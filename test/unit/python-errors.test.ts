import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failedListen, locateError } from '../../src/runtimes/python/error-location.ts';

test('the last frame in the user’s code is the place', () => {
  const text = `Traceback (most recent call last):
  File "/usr/bin/flask", line 8, in <module>
    sys.exit(main())
  File "/app/app.py", line 12, in <module>
    boot()
  File "/app/db/models.py", line 3, in boot
    return undefined_name
           ^^^^^^^^^^^^^^
  File "/app/.venv/lib/python3.11/site-packages/x/y.py", line 7, in z
    raise
NameError: name 'undefined_name' is not defined
`;
  const found = locateError(text, '/app');
  assert.deepEqual(found, {
    message: "NameError: name 'undefined_name' is not defined",
    file: '/app/db/models.py',
    line: 3,
  });
});

test('a syntax error is where it is, in a module and in the main file', () => {
  const place = `  File "/app/views.py", line 4
    def broken(:
               ^
SyntaxError: invalid syntax
`;
  const found = { message: 'SyntaxError: invalid syntax', file: '/app/views.py', line: 4 };
  assert.deepEqual(locateError(place, '/app'), found);
  const imported = `Traceback (most recent call last):\n  File "/app/urls.py", line 3, in <module>\n    import views\n${place}`;
  assert.deepEqual(locateError(imported, '/app'), found);
});

test('of several tracebacks the last one counts', () => {
  const text = `Traceback (most recent call last):
  File "/app/a.py", line 1, in <module>
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/a.py", line 3, in <module>
django.core.exceptions.ImproperlyConfigured: no SECRET_KEY
`;
  assert.deepEqual(locateError(text, '/app'), {
    message: 'django.core.exceptions.ImproperlyConfigured: no SECRET_KEY',
    file: '/app/a.py',
    line: 3,
  });
});

test('what is no traceback is no error of Python', () => {
  assert.equal(locateError('TypeError: x\n    at /app/server.js:3:1\n', '/app'), undefined);
});

test('a port that is taken is known by what asyncio says', () => {
  const text =
    "[Errno 98] error while attempting to bind on address ('127.0.0.1', 8000): address already in use";
  assert.deepEqual(failedListen(text), { code: 'EADDRINUSE', port: 8000 });
});
