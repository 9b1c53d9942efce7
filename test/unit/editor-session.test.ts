import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Choices } from '../../src/editor/servers/choices.ts';
import type { Link, LinkListener } from '../../src/editor/servers/link.ts';
import { Session } from '../../src/editor/servers/session.ts';
import type { ServerStatus } from '../../src/shared/model.ts';
import { serving, status } from './editor-fakes.ts';

/** A supervisor that may or may not run; counts how often it was reached. */
class FakeSupervisor {
  running = false;
  attempts = 0;
  servers: ServerStatus[] = [];
  listener: LinkListener | undefined;
  left = 0;

  readonly connect = async (launch: boolean, listener: LinkListener): Promise<Link | undefined> => {
    this.attempts++;
    await Promise.resolve();
    if (!this.running && !launch) return undefined;
    this.running = true;
    this.listener = listener;
    const unused = (): never => assert.fail('not part of this test');
    return {
      pid: 1,
      servers: this.servers,
      define: unused,
      start: unused,
      swap: unused,
      wait: unused,
      stop: unused,
      restart: unused,
      recent: unused,
      requests: unused,
      marks: unused,
      cut: unused,
      back: unused,
      saved: unused,
      writing: unused,
      unsaved: unused,
      working: unused,
      input: unused,
      debug: unused,
      attached: unused,
      paused: unused,
      dispose: () => this.left++,
    };
  };

  end(): void {
    this.running = false;
    this.listener?.closed();
  }
}

function open(supervisor: FakeSupervisor): { session: Session; changes: string[]; lost: string[] } {
  const session = new Session('/app', supervisor.connect);
  const changes: string[] = [];
  const lost: string[] = [];
  session.onDidChange(({ name, state }) => changes.push(`${name} ${state}`));
  session.onDidLose((running) => lost.push(...running.map(({ name }) => name)));
  return { session, changes, lost };
}

test('does not start a supervisor just to look', async () => {
  const supervisor = new FakeSupervisor();
  const { session } = open(supervisor);
  assert.equal(await session.attach(), undefined);
  assert.equal(supervisor.running, false);
});

test('a reloaded window finds the generation that serves', async () => {
  const supervisor = new FakeSupervisor();
  supervisor.running = true;
  supervisor.servers = [serving(7)];
  const { session, changes } = open(supervisor);
  await session.attach();
  assert.deepEqual(changes, ['api serving']);
  assert.equal(session.status('api')?.serving?.generation, 7);
});

test('attaches once, however many ask at once', async () => {
  const supervisor = new FakeSupervisor();
  const { session } = open(supervisor);
  const [looked, one, two] = await Promise.all([session.attach(), session.require(), session.require()]);
  assert.equal(looked, undefined);
  assert.equal(one, two);
  assert.equal(supervisor.attempts, 2);
});

test('a failed attempt does not stand in the way of the next', async () => {
  const supervisor = new FakeSupervisor();
  let fail = true;
  const session = new Session('/app', (launch, listener) =>
    fail ? Promise.reject(new Error('another version')) : supervisor.connect(launch, listener),
  );
  await assert.rejects(session.require(), /another version/);
  fail = false;
  assert.notEqual(await session.require(), undefined);
});

test('a lost supervisor takes its servers with it, and is started again when needed', async () => {
  const supervisor = new FakeSupervisor();
  const { session, changes, lost } = open(supervisor);
  supervisor.servers = [serving(7), status({ name: 'idle' })];
  await session.require();
  changes.length = 0;
  supervisor.end();
  assert.deepEqual(lost, ['api']);
  assert.deepEqual(changes, ['api off']);
  assert.equal(session.current, undefined);
  supervisor.servers = [];
  await session.require();
  assert.deepEqual(session.statuses, []);
});

test('leaving is not losing', async () => {
  const supervisor = new FakeSupervisor();
  const { session, changes } = open(supervisor);
  await session.require();
  session.dispose();
  supervisor.end();
  assert.equal(supervisor.left, 1);
  assert.deepEqual(changes, []);
});

test('an attempt that ends after the window closed leaves again', async () => {
  const supervisor = new FakeSupervisor();
  const { session } = open(supervisor);
  const attempt = session.attach();
  supervisor.running = true;
  session.dispose();
  assert.equal(await attempt, undefined);
  assert.equal(supervisor.left, 1);
});

test('remembers choices by folder, and the last of a name', async () => {
  const memory = new Map<string, unknown>();
  const update = (key: string, value: unknown): Promise<void> => {
    // As VS Code does it: what is kept is JSON.
    memory.set(key, value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
    return Promise.resolve();
  };
  const choices = new Choices({ get: (key) => memory.get(key), update });
  assert.deepEqual(
    [choices.chosen('/app'), choices.selected, choices.declined('/app')],
    [[], undefined, false],
  );
  await choices.choose('/app', { name: 'api', command: 'npm start', cwd: '' });
  await choices.choose('/app', { name: 'web', command: 'npm run web', cwd: '' });
  await choices.choose('/app', { name: 'api', command: 'npm run dev', cwd: '' });
  assert.deepEqual(
    choices.chosen('/app').map(({ command }) => command),
    ['npm run web', 'npm run dev'],
  );
  assert.deepEqual(choices.chosen('/other'), []);
  await choices.select({ folder: '/app', server: 'api' });
  assert.deepEqual(choices.selected, { folder: '/app', server: 'api' });
  await choices.select(undefined);
  assert.equal(choices.selected, undefined);
  await choices.decline('/app');
  await choices.decline('/app');
  assert.deepEqual([choices.declined('/app'), choices.declined('/other')], [true, false]);
});
