/** Before what an app waits that is run ahead, and what it is held to have used by then. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeBinary, newestMajors } from '../tools/node-versions.mts';
import { runAhead, runCold } from './run-ahead-app.ts';

/** Some Nodes only do it once the main module is done. */
const soon = /^(?:writes made|has done all that it does at once)$/;

/** What a module does → before what it waits. */
const waits: Readonly<Record<string, RegExp>> = {
  'setInterval(() => {}, 1000).unref();': /^starts a timer$/,
  "require('node:timers/promises').setTimeout(1);": /^starts a timer$/,
  'AbortSignal.timeout(10);': /^starts a timer$/,
  "require('node:net').connect(9).on('error', () => {});": /^opens a socket$/,
  "require('node:dgram').createSocket('udp4').close();": /^opens a socket$/,
  "require('node:dns').lookup('localhost', () => {});": /^looks up a host$/,
  "require('node:child_process').spawn('true');": /^starts a process$/,
  "require('node:child_process').execSync('true');": /^starts a process$/,
  "new (require('node:worker_threads').Worker)('1', { eval: true });": /^starts a thread$/,
  "require('node:fs').watch(__dirname).close();": /^watches files$/,
  "require('node:fs').watchFile(__filename, () => {}); require('node:fs').unwatchFile(__filename);":
    /^watches files$/,
  'process.stdin.resume(); process.stdin.destroy();': /^opens a (?:pipe|socket)$/,
  "require('node:fs').writeFileSync(__dirname + '/made', '');": /^writes made$/,
  "require('node:fs').promises.appendFile(__dirname + '/made', '');": soon,
  "require('node:fs').mkdirSync(__dirname + '/made');": /^writes made$/,
  "require('node:fs').renameSync(__dirname + '/data.json', __dirname + '/moved');": /^writes/,
  "require('node:fs').createWriteStream(__dirname + '/made').end();": soon,
  'process.kill(process.pid, 0);': /^signals a process$/,
  'exports.since = Date.now();': /^asks for the time$/,
  'exports.since = new Date();': /^asks for the time$/,
  'const now = () => new Date(); exports.since = now();': /^asks for the time$/,
  'exports.since = performance.now();': /^asks for the time$/,
  "const { performance } = require('node:perf_hooks'); exports.since = performance.now();":
    /^asks for the time$/,
  'exports.since = process.hrtime.bigint();': /^asks for the time$/,
  "console.time('boot');": /^asks for the time$/,
};

/** None of these is a reason to wait. */
const goesOn: readonly string[] = [
  'exports.schema = { created: { type: Date, default: Date.now } };',
  'exports.first = new Date(2020, 1); exports.old = new Date("2020");',
  'exports.is = (value) => value instanceof Date; exports.is(1);',
  'exports.id = Math.random() + require("node:crypto").randomUUID();',
  'exports.now = () => Date.now();',
  "console.log('said'); console.error('said'); process.stdout.write('said');",
  "process.on('SIGUSR2', () => {}); process.on('exit', () => {}); process.on('uncaughtException', () => {});",
  'process.nextTick(() => {}); setImmediate(() => {}); Promise.resolve().then(() => {});',
  "new (require('node:http').Agent)(); new (require('node:events'))(); new AbortController();",
  "require('node:fs').readFileSync(__filename); require('node:fs').promises.readFile(__filename);",
  'new MessageChannel(); new TextDecoder(); structuredClone({});',
  "process.title = 'app'; process.env.APP = '1'; process.chdir(__dirname); process.umask();",
];

for (const major of newestMajors) {
  describe(`on Node ${major}, an app that is run ahead waits`, () => {
    for (const [code, before] of Object.entries(waits))
      it(`before: ${code}`, async () => {
        const node = await nodeBinary(major);
        const files = { 'main.js': "require('./does');", 'does.js': code, 'data.json': '1', 'hot.js': '' };
        const { ahead, filesThen } = await runAhead({ node, files, main: 'main.js' }, 'hot.js');
        assert.match(ahead.before, before);
        assert.deepEqual(filesThen, files);
      });

    it('not before what nobody sees', async () => {
      const node = await nodeBinary(major);
      const modules = goesOn.map((code, i) => [`module${i}.js`, code] as const);
      const main = [...modules.map(([name]) => `require('./${name}');`), "require('./hot');"].join('\n');
      const files = { 'main.js': main, ...Object.fromEntries(modules), 'hot.js': "console.log('hot');" };
      const program = { node, files, main: 'main.js' };
      const { ahead, filesThen, ...ran } = await runAhead(program, 'hot.js');
      assert.equal(ahead.before, 'reads hot.js');
      assert.deepEqual(filesThen, files);
      assert.deepEqual(ran, await runCold(program));
    });

    it('at the end of what it does at once, if nothing else stops it', async () => {
      const node = await nodeBinary(major);
      const files = {
        'main.js': "Promise.resolve().then(() => require('./later')); console.log('main');",
        'later.js': "console.log('later');",
        'hot.js': '',
      };
      const program = { node, files, main: 'main.js' };
      const { ahead, filesThen, ...ran } = await runAhead(program, 'hot.js');
      assert.equal(ahead.before, 'has done all that it does at once');
      assert.deepEqual(ahead.read.includes('later.js'), false);
      assert.deepEqual(filesThen, files);
      assert.deepEqual(ran, await runCold(program));
    });

    it('and says all that it has used', async () => {
      const node = await nodeBinary(major);
      const files = {
        'main.js': `
const fs = require('node:fs');
fs.existsSync('absent'); fs.statSync('there'); fs.readdirSync('lib'); fs.readFileSync('text');
try { require('./optional'); } catch {}
require('./settings');
require('./folder');
require('./hot');`,
        there: '',
        text: '',
        'lib/one': '',
        'settings.json': '{}',
        'folder/index.js': '',
        'hot.js': '',
      };
      const { ahead } = await runAhead({ node, files, main: 'main.js' }, 'hot.js');
      for (const file of ['main.js', 'text', 'settings.json', 'folder/index.js', 'package.json'])
        assert.ok(ahead.read.includes(file), `read ${file}`);
      assert.deepEqual(ahead.listed, ['lib']);
      for (const file of [
        'absent',
        'there',
        'optional.js',
        'settings',
        'settings.js',
        'folder.js',
        'folder/package.json',
      ])
        assert.ok(ahead.asked.includes(file), `asked for ${file}`);
      assert.ok(![...ahead.read, ...ahead.asked].includes('hot.js'));
    });

    it('and runs what the file is once it is released', async () => {
      const node = await nodeBinary(major);
      const hot = (text: string): string => `console.log(require('./other'), '${text}');`;
      const files = {
        'main.js': "console.log('main'); require('./hot');",
        'hot.js': hot('old'),
        'other.js': 'module.exports = 1;',
      };
      const program = { node, files, main: 'main.js' };
      const { stdout } = await runAhead(program, 'hot.js', (change) => change('hot.js', hot('new')));
      assert.equal(stdout, 'main\n1 new\n');
    });
  });
}
