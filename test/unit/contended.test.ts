import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { looksContended } from '../../src/supervisor/generations/contended.ts';

describe('a boot that failed because somebody else has what it needs', () => {
  for (const words of [
    'IO error: lock ./data/LOCK: Resource temporarily unavailable',
    'IO error: lock /srv/db/LOCK: already held by process',
    'While lock file: ./rocks/LOCK: Resource temporarily unavailable',
    'SqliteError: database is locked\n    at Object.<anonymous> (/app/server.js:3:4)',
    'Error: SQLITE_BUSY: database is locked',
    "Error: EEXIST: file already exists, open 'run/app.lock'",
    "Error: EEXIST: file already exists, open 'server.pid'",
    "Error: EEXIST: file already exists, mkdir '/srv/app/run/lock'",
    "Error: EEXIST: file already exists, mkdir '/tmp/app_lock'",
    "Error: EEXIST: file already exists, mkdir 'data/.lockdir'",
    'Error: Lock file is already being held',
    'Could not set lock on file "/app/app.duckdb": Conflicting lock is held in node (PID 12)',
    'server is already running (pid 4711)',
    'Another instance is running',
    'Error: Error: Resource busy, cannot open /dev/ttyUSB0',
    'Error: bind EADDRINUSE 0.0.0.0:5353',
    "Failed to acquire the lock on '/app/data'",
    'OSError: [Errno 98] Address already in use',
    '[11/30/2026] Error: Service name "Bridge CAD8" is already in use on the network',
    'Could not create server TCP listening socket *:6379: bind: Address already in use',
  ])
    it(words.split('\n')[0], () => assert.ok(looksContended(`starting\n${words}\n`)));

  for (const words of [
    "SyntaxError: Unexpected token '}'",
    'Error: connect ECONNREFUSED 127.0.0.1:5432',
    "Error: Cannot find module 'locked'",
    "Error: EEXIST: file already exists, mkdir 'dist'",
    "Error: EEXIST: file already exists, mkdir '/srv/lock/app/dist'",
    "Error: EEXIST: file already exists, mkdir 'blocks'",
    'TypeError: lock is not a function',
    'Error: user 3 is blocked',
    'Error: listen EADDRINUSE: address already in use :::3000',
    'Starting inspector on 127.0.0.1:9229 failed: address already in use',
  ])
    it(`not: ${words}`, () => assert.ok(!looksContended(words)));
});
