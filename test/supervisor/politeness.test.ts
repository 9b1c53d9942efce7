/** Nobody waits for who stands by, nor for who leaves: the processors are the others'. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { start, swapWarm } from './standby-apps.ts';

/** The priority of its session, empty where the system has none; see preload/politeness.ts. */
const session = "require('node:fs').readFileSync('/proc/self/autogroup', 'utf8').trim().replace(/.* /, '')";
const isShared = existsSync('/proc/self/autogroup') && readFileSync('/proc/self/autogroup', 'utf8') !== '';

const server = `
const loading = require('tool').value;
require('node:http').createServer((request, response) => response.end(JSON.stringify([loading, ${session}])))
  .listen(process.env.PORT);
process.on('SIGTERM', () => {
  console.log('leaves at ' + ${session});
  process.exit();
});`;

describe('the session of a generation', { skip: !isShared }, () => {
  it('is polite while it gets ready to stand by and when it leaves its successor alone', async (t) => {
    const tool = { 'index.js': `exports.value = ${session};` };
    const app = await start(t, { files: { 'server.js': server }, packages: { tool } });
    assert.deepEqual(JSON.parse((await app.get('/')).body), ['0', '0']);
    assert.equal((await swapWarm(app)).standby, true);
    assert.deepEqual(JSON.parse((await app.get('/')).body), ['10', '0']);
    await app.retired(1);
    assert.match(app.output, /leaves at 10/);
    await app.stop();
    assert.match(app.output, /leaves at 0/);
  });
});
