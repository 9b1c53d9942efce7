/** What the protocol asks of a process (src/runtimes/protocol/README.md), each as something that can be seen from outside. */
import { setTimeout } from 'node:timers/promises';
import { fromLater, fromSuccessor } from './stage.mts';
import type { Client, Stage } from './stage.mts';
import { Violation } from './subject.mts';
import { answersAlone } from './alone.mts';
import type { Subject } from './subject.mts';

export interface Case {
  readonly name: string;
  /** Resolves to what could not be tried, and why, if so. */
  readonly run: (stage: Stage) => Promise<string | undefined>;
}

/** An answer that must not come would be there by then (ms). One that comes later is not found out. */
const graceMs = 300;
const drainMs = 10_000;
const oneAtATimeMs = 30_000;

function check(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new Violation(otherwise);
}

const one = (name: string, run: (stage: Stage) => Promise<unknown>): Case => ({
  name,
  run: async (stage) => {
    const untried = await run(stage);
    return typeof untried === 'string' ? untried : undefined;
  },
});

async function stops(subject: Subject, key: string, stage: Stage, canary = false): Promise<void> {
  subject.say({ type: 'stop', successor: { [key]: stage.successorsDoor }, drainMs, canary });
  await subject.said('stopped', 'after `stop`');
}

/** A connection that was answered once. Undefined: its server ends each after an answer. */
async function kept(stage: Stage): Promise<ReturnType<Stage['client']> | undefined> {
  const client = stage.client().ask();
  const { isLast } = await client.answer('a request is not answered');
  return isLast ? undefined : client;
}

/** Who comes later is accepted later; but a server that does one thing at a time waits for the first. */
async function accepted(client: Client, stage: Stage): Promise<void> {
  await client.connected();
  const next = stage.client().ask().answer('a request is not answered');
  await Promise.race([next.catch(() => undefined), setTimeout(oneAtATimeMs)]);
}

const noKept = 'its server keeps no connections';

export const cases: readonly Case[] = [
  one('hello', async (stage) => {
    const { subject } = await stage.serving();
    const [first] = subject.heard.filter(({ type }) => type !== 'handle');
    check(first?.type === 'hello', 'it says something before `hello`');
    check(first.v === 1, '`hello` has another `v` than the invitation');
    check(Number.isInteger(first.pid) && first.pid > 0, '`hello` has no `pid`');
    check(/^\S+/.test(first.runtime), '`hello` has no `runtime`');
  }),
  one('a new listener', async (stage) => {
    const { subject, key } = await stage.serving();
    const said = await subject.said('listening', 'when its app listens');
    check(!said.adopted, 'it says `adopted` of a listener that it has bound itself');
    check(
      said.port === stage.port || key.endsWith(`:${String(stage.port)}`),
      '`listening` does not name the port',
    );
    const order = subject.heard.map(({ type }) => type);
    await subject.until(
      () => subject.handles.get(key),
      `it does not send the socket of ${key} to \`handles\``,
    );
    check(
      order.indexOf('handle') < 0 || subject.broken.length === 0,
      subject.broken.join('; ') || 'it sends something else to `handles`',
    );
    await stage.client().ask().answer('without `accept`, a new listener does not answer');
  }),
  one('the side door', async (stage) => {
    const { door } = await stage.serving();
    stage.client(door).socket.end();
    stage.client(door).write('no JSON\n').ask();
    const preface = '{"remoteAddress":"127.0.0.1","remotePort":1,"localAddress":"127.0.0.1"}\n';
    await stage.client(door).write(preface).ask().answer('a request at the side door is not answered');
  }),
  one('what it does not know', async (stage) => {
    const { subject } = await stage.serving();
    for (const line of [
      '{"type":"of a newer version"}',
      'no JSON',
      '[]',
      'null',
      '{}',
      '{"type":"__proto__"}',
    ])
      subject.raw(line);
    await subject.settled();
    await stage.client().ask().answer('after words that it does not know it does not answer');
    check(subject.connections === 1, 'words that it does not know make it connect anew');
  }),
  one('files and modules', async (stage) => {
    const { subject } = await stage.serving();
    subject.say({ type: 'files', id: 11 });
    const { id, files } = await subject.said('files', 'when it is asked for `files`');
    check(id === 11, '`files` has another `id` than the question');
    check(
      files.every((file) => file.startsWith('/')),
      '`files` has a path that is not absolute',
    );
    subject.say({ type: 'modules', id: 12 });
    check((await subject.said('modules', 'when it is asked')).id === 12, '`modules` has another `id`');
  }),
  one('hold', async (stage) => {
    const { subject } = await stage.serving();
    const early = await kept(stage);
    subject.say({ type: 'hold' });
    await subject.said('holding', 'after `hold`');
    const clients = [stage.client().ask(), ...(early === undefined ? [] : [early.ask()])];
    await subject.settled();
    await setTimeout(graceMs);
    for (const client of clients)
      check(client.text === '' && !client.isOver, 'a request that comes after `holding` does not wait');
    subject.say({ type: 'release' });
    for (const client of clients)
      await client.answer('after `release`, a request that waited is not answered');
  }),
  one('the gate', async (stage) => {
    const { subject: first, key } = await stage.serving();
    await first.until(() => first.handles.get(key), 'it does not send its socket');
    await stops(first, key, stage);
    const second = stage.inheriting(first);
    const said = await second.said('listening', 'for a listener that it has inherited');
    check(said.key === key, 'the inherited listener has another `key` than when it was bound');
    check(said.adopted, 'it binds a listener anew that it has inherited');
    const waits = stage.client().ask();
    await stage
      .client(said.door)
      .write('{}\n')
      .ask()
      .answer('before `accept`, its side door does not answer');
    await setTimeout(graceMs);
    check(waits.text === '', 'it answers at an inherited listener before `accept`');
    second.say({ type: 'accept' });
    await second.said('accepting', 'after `accept`');
    await waits.answer('after `accept`, who waited is not answered');
  }),
  ...[false, true].map((canary) =>
    one(canary ? 'cutover with a canary' : 'cutover and relay', async (stage) => {
      const { subject, key } = await stage.serving();
      const before = await kept(stage);
      subject.say({ type: 'hold' });
      await subject.said('holding', 'after `hold`');
      const held = stage.client().ask();
      await held.connected();
      await subject.settled();
      await setTimeout(graceMs); // it may hold by not accepting, and then says nothing
      const accepted = subject.heard.some(({ type }) => type === 'held');
      await stops(subject, key, stage, canary);
      const late = stage.client().ask();
      await subject.settled();
      await setTimeout(graceMs);
      check(late.text === '' || late.text.includes(fromSuccessor), 'it answers who came after `stopped`');
      // One that it had not accepted waits in the kernel's queue, for whoever accepts next.
      if (accepted) {
        const { text } = await held.answer('a request that was held when `stop` came is lost');
        check(
          text.includes(fromSuccessor),
          'a request that was held when `stop` came is answered with old code',
        );
      }
      if (before === undefined) return noKept;
      const { text } = await before.ask().answer('after `stop`, a request on a kept connection is lost');
      check(
        text.includes(fromSuccessor),
        'after `stop`, a request on a kept connection is answered with old code',
      );
    }),
  ),
  one('drain', async (stage) => {
    const { subject, key } = await stage.serving();
    const underWay = stage.client().write('GET / HTTP/1.1\r\nHost: localhost\r\n');
    await accepted(underWay, stage);
    await stops(subject, key, stage);
    underWay.write('\r\n');
    await underWay.answer('a request that was under way when `stop` came is cut');
    await subject.said('drained', 'when nothing is left');
  }),
  one('rollback', async (stage) => {
    const { subject, key } = await stage.serving();
    await stops(subject, key, stage);
    subject.say({ type: 'resume' });
    check(
      (await subject.said('resumed', 'after `resume`')).ok,
      'it can not come back: `resumed` without `ok`',
    );
    const { text } = await stage.client().ask().answer('after `resume`, it does not answer');
    check(!text.includes(fromSuccessor), 'after `resume`, it still passes requests on');
  }),
  one('vacate', async (stage) => {
    const { subject } = await stage.serving();
    subject.say({ type: 'vacate', drainMs });
    await subject.said('stopped', 'after `vacate`');
    const late = stage.client().ask();
    await late.connected();
    await subject.said('drained', 'after `vacate`, when nothing is left');
    await subject.settled(); // by then it has seen who came
    await setTimeout(graceMs);
    check(late.text === '', 'it answers who came after `vacate`');
  }),
  one('the successor is replaced', async (stage) => {
    const { subject, key } = await stage.serving();
    const silent = stage.client();
    await accepted(silent, stage);
    await stops(subject, key, stage);
    subject.say({ type: 'relay', successor: { [key]: stage.latersDoor } });
    await subject.settled();
    const { text } = await silent
      .ask()
      .answer('after `relay`, a request on a connection from before is lost');
    check(text.includes(fromLater), 'after `relay`, a request does not go to the new successor');
  }),
  one('words without an answer', async (stage) => {
    const { subject } = await stage.serving();
    for (const type of ['first', 'prepare', 'remember'] as const) subject.say({ type });
    await subject.settled();
    await stage.client().ask().answer('after `first`, `prepare` and `remember` it does not answer');
  }),
  one('retire', async (stage) => {
    const { subject, key } = await stage.serving();
    await stops(subject, key, stage);
    await subject.said('drained', 'when nothing is left');
    subject.say({ type: 'retire' });
    await subject.ended('it does not end after `retire`');
  }),
  one('the supervisor is gone', async (stage) => {
    const { subject } = await stage.serving();
    subject.hangUp();
    await subject.ended('it does not end when the supervisor is gone');
  }),
  one('an invitation of another version', async (stage) => {
    const subject = stage.start({ v: 99 });
    await answersAlone(stage, subject);
    check(subject.connections === 0, 'it connects on an invitation of a version that is not its own');
  }),
];
