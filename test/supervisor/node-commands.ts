/** The ways in which Node servers are started, each as a small project whose answer is in a file of its own. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { ProcessGroup } from '../../src/supervisor/processes/process-group.ts';
import { nodeBinary } from '../tools/node-versions.mts';
import type { NodeMajor } from '../tools/node-versions.mts';
import { Running } from './running.ts';

interface Project {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** The imported file, and its content for a version. */
  readonly edited: string;
  readonly version: (version: string) => string;
}

const cjs = `
const http = require('node:http');
const { version } = require('./lib/version');
http.createServer((req, res) => res.end(version)).listen(process.env.PORT);
`;
const esm = (imported: string): string => `
import http from 'node:http';
import { version } from '${imported}';
http.createServer((req, res) => res.end(version)).listen(process.env.PORT);
`;
const typed = esm('./version').replace('(req, res)', '(req: http.IncomingMessage, res: http.ServerResponse)');
const exported = (version: string): string => `export const version = '${version}';\n`;
const typedExport = (version: string): string => `export const version: string = '${version}';\n`;
const moduleType = { 'package.json': '{"type":"module","scripts":{"dev":"tsx src/server.ts"}}' };
const untyped = { 'package.json': '{"scripts":{"dev":"tsx src/server.ts"}}' };
const typescript = { edited: 'src/version.ts', version: typedExport };

const projects: readonly Project[] = [
  {
    name: 'node server.js, CommonJS',
    files: { 'server.js': cjs },
    command: ['node', 'server.js'],
    edited: 'lib/version.js',
    version: (version) => `exports.version = '${version}';\n`,
  },
  {
    name: 'node server.js, ES modules',
    files: { ...moduleType, 'server.js': esm('./lib/version.js') },
    command: ['node', 'server.js'],
    edited: 'lib/version.js',
    version: exported,
  },
  {
    name: 'node server.js, CommonJS that imports an ES module',
    files: {
      'server.js': `import('./lib/version.mjs').then(({ version }) => require('node:http')
        .createServer((req, res) => res.end(version)).listen(process.env.PORT));`,
    },
    command: ['node', 'server.js'],
    edited: 'lib/version.mjs',
    version: exported,
  },
  {
    name: 'npm run dev with tsx, ES modules',
    files: { ...moduleType, 'src/server.ts': typed },
    command: ['npm', 'run', 'dev'],
    ...typescript,
  },
  {
    name: 'npm run dev with tsx, CommonJS',
    files: { ...untyped, 'src/server.ts': typed },
    command: ['npm', 'run', 'dev'],
    ...typescript,
  },
  {
    name: 'npx tsx, ES modules',
    files: { ...moduleType, 'src/server.ts': typed },
    command: ['npx', 'tsx', 'src/server.ts'],
    ...typescript,
  },
];

/** What Node 20 can't do. */
const newer: readonly Project[] = [
  {
    name: 'node server.js, ES modules by their syntax alone',
    files: { 'package.json': '{}', 'server.js': esm('./lib/version.js') },
    command: ['node', 'server.js'],
    edited: 'lib/version.js',
    version: exported,
  },
  {
    name: 'node src/server.ts, without a runner',
    files: { ...moduleType, 'src/server.ts': typed.replace('./version', './version.ts') },
    command: ['node', '--experimental-strip-types', 'src/server.ts'],
    ...typescript,
  },
];

export function testCommands(major: NodeMajor): void {
  describe(`on Node ${major}`, () => {
    for (const project of major === 20 ? projects : [...projects, ...newer]) {
      it(`${project.name}: an edit of what it loads swaps`, (t) => swaps(t, project, major));
    }
  });
}

type Started = Awaited<ReturnType<typeof Running.prototype.event<'starting'>>>;

async function swaps(t: TestContext, project: Project, major: NodeMajor): Promise<void> {
  const node = await nodeBinary(major);
  const app = await Running.start(t, {
    files: { ...project.files, [project.edited]: project.version('v1'), 'lib/unrelated.js': '' },
    command: project.command,
    env: { PATH: `${path.dirname(node)}:${process.env['PATH'] ?? ''}` },
  });
  await app.serving(1);
  assert.equal((await app.get('/')).body, 'v1');
  app.write('lib/unrelated.js', '// changed');
  app.write('README.md', 'changed');
  app.write(project.edited, project.version('v2'));
  await app.serving(2);
  assert.equal((await app.get('/')).body, 'v2');

  const [{ pid: first }, { pid: second, cause }] = (await Promise.all(
    [1, 2].map((generation) => app.event('starting', (event) => event.generation === generation)),
  )) as [Started, Started];
  assert.deepEqual(
    cause.files.map((file) => path.relative(app.folder, file)),
    [project.edited],
  );
  const retired = await app.retired(1);
  // Wrappers that take long to end by themselves, as on a busy machine, are asked to.
  if (retired.signal !== 'SIGTERM' || project.command[0] === 'node') assert.equal(retired.signal, null);
  assert.equal(retired.lost, 0);
  assert.equal(new ProcessGroup(first).isEmpty(), true, 'the old process group is gone');
  assert.equal(new ProcessGroup(second).isEmpty(), false, 'and only the old one');
}
