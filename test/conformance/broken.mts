/** adapters/small.py with one thing wrong in each: what the cases are there to find. */
export interface Fault {
  /** The case that finds it. */
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** What it says. */
  readonly found: RegExp;
}

export const faults: readonly Fault[] = [
  {
    name: 'hello',
    from: 'say("hello", v=1,',
    to: 'say("hello", v=2,',
    found: /another `v` than the invitation/,
  },
  {
    name: 'a new listener',
    from: '"msg": {"key": key,',
    to: '"msg": {"key": "another",',
    found: /does not send the socket of tcp:127\.0\.0\.1:\d+ to `handles`/,
  },
  {
    name: 'the side door',
    from: 'while through_door and connection.recv(1) not in (b"\\n", b""): pass',
    to: '',
    found: /at the side door is not answered/,
  },
  {
    name: 'what it does not know',
    from: 'except ValueError: continue',
    to: 'except ZeroDivisionError: continue',
    found: /does not answer `files` .* JSONDecodeError/s,
  },
  {
    name: 'files and modules',
    from: 'say("modules", id=said["id"]',
    to: 'say("modules", id=0',
    found: /`modules` has another `id`/,
  },
  {
    name: 'hold',
    from: 'answers.clear(), say("holding")',
    to: 'say("holding")',
    found: /comes after `holding` does not wait/,
  },
  {
    name: 'the gate',
    from: 'if inherited is None: listen(listener)',
    to: 'listen(listener)',
    found: /answers at an inherited listener before `accept`/,
  },
  ...['cutover and relay', 'cutover with a canary'].map((name) => ({
    name,
    from: 'if successor and not through_door',
    to: 'if False',
    found: /held when `stop` came is answered with old code/,
  })),
  {
    name: 'drain',
    from: 'stop(said.get("successor"))',
    to: 'stop(said.get("successor")), os._exit(0)',
    found: /under way when `stop` came is cut/,
  },
  {
    name: 'rollback',
    from: 'listen(listener); say("resumed"',
    to: 'say("resumed"',
    found: /after `resume`, it does not answer/,
  },
  {
    name: 'vacate',
    from: 'loop.unregister(listener)',
    to: 'pass',
    found: /answers who came after `vacate`/,
  },
  {
    name: 'the successor is replaced',
    from: 'if type == "relay"',
    to: 'if type == "never"',
    found: /does not go to the new successor/,
  },
  {
    name: 'words without an answer',
    from: 'if type == "retire"',
    to: 'if type in ("retire", "prepare")',
    found: /does not answer/,
  },
  {
    name: 'retire',
    from: 'if type == "retire": os._exit(0)',
    to: '',
    found: /does not end after `retire`/,
  },
  {
    name: 'the supervisor is gone',
    from: 'if data == b"": os._exit(1)',
    to: 'if data == b"": return',
    found: /does not end when the supervisor is gone/,
  },
  {
    name: 'an invitation of another version',
    from: 'invited["v"] == 1',
    to: 'invited["v"] > 0',
    found: /connects on an invitation of a version that is not its own/,
  },
];
