import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatLine,
  formatWords,
  needsShell,
  parseLine,
  programName,
  splitAssignments,
} from '../../src/detect/reading/shell.ts';

test('a shell reads back the words that were written', { skip: process.platform === 'win32' }, () => {
  const word = fc.string({ unit: fc.constantFrom(...Array.from('ab=\'"\\$`!*?#~&|;<>(){}[] \t\n,:@%^-é')) });
  const words = fc.sample(word, 500);
  const output = execFileSync('sh', ['-c', `printf '%s\\0' ${formatWords(words)}`], { encoding: 'utf8' });
  assert.deepEqual(output.split('\0').slice(0, -1), words);
});

test('splits chains and leaves alone what only a shell understands', () => {
  assert.deepEqual(parseLine('a "b c" && d --e=f'), { before: [['a', 'b c']], words: ['d', '--e=f'] });
  for (const line of [
    'a | b',
    'a; b',
    'a &',
    'a > b',
    'a || b',
    '(a)',
    'a `b`',
    'a $(b)',
    'a ${B:-c}',
    'a $1',
    'a # b',
  ]) {
    assert.equal(parseLine(line), undefined, line);
  }
  assert.equal(parseLine(''), undefined);
  assert.equal(parseLine('a && '), undefined);
});

test('variables and globs survive, and are known to need a shell', () => {
  for (const [line, written] of [
    ['a $PORT', 'a "$PORT"'],
    ['a --port=${PORT}', 'a --port="$PORT"'],
    ['a "x $B y"', `a 'x '"$B"' y'`],
    ['a src/*.ts', 'a src/*.ts'],
  ] as const) {
    const parsed = parseLine(line)!;
    assert.equal(formatLine(parsed), written);
    assert.ok(parsed.words.some(needsShell), line);
  }
  assert.ok(!parseLine("a '$PORT' '*.ts'")!.words.some(needsShell));
});

test('assignments are split off, and their values quoted without their names', () => {
  assert.deepEqual(splitAssignments(['A=1', 'B=', 'x', 'C=3']), {
    env: { A: '1', B: '' },
    rest: ['x', 'C=3'],
  });
  assert.equal(formatWords(['A=b c', 'x']), "A='b c' x");
});

test('a program is known by its name wherever it lies', () => {
  const paths = ['node', '/usr/bin/node', './node_modules/.bin/node', 'C:\\nodejs\\node.exe', 'node.cmd'];
  assert.deepEqual(paths.map(programName), Array<string>(5).fill('node'));
});
