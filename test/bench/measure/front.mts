import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../tools/free-port.mts';
import { lacksProgram } from '../../tools/programs.mts';
import { Generator } from '../load/generatorHandle.mts';
import { untilAnswer } from '../servers/answers.mts';
import { Program } from '../servers/processes.mts';
import { inRepository } from '../servers/samples.mts';

/** What the front costs a server that does not take part: a plain one in Go, alone and behind it. */
export interface FrontCost {
  /** Why it was not measured. */
  missing?: string;
  contestants: Fronted[];
}

export interface Fronted {
  name: string;
  /** On one kept connection, a median a round. */
  medianMs: number[];
  /** On as many as the plan says. */
  perSecond: number[];
  errors: number;
}

const rounds = 12;
const roundMs = 500;
const warmUpMs = 2000;

const source = `package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "hello from v1\\n")
	})
	log.Fatal(http.ListenAndServe("localhost:"+os.Getenv("PORT"), nil))
}
`;

/** The server, once more (how far apart equals come out is the noise), and behind the front; in turns. */
export async function measureFront(connections: number): Promise<FrontCost> {
  const missing = lacksProgram('go', 'golang-go');
  if (missing !== undefined) return { missing, contestants: [] };
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'hot-swap-front-'));
  const generator = new Generator();
  const running: (Fronted & { program: Program; port: number })[] = [];
  try {
    build(folder);
    const ours = [process.execPath, inRepository('dist/cli.js'), 'run', '--'];
    for (const [name, before] of [
      ['bare', []],
      ['bare again', []],
      ['behind the front', ours],
    ] as const) {
      const port = await freePort();
      const log = path.join(folder, `${name}.log`);
      const program = new Program([...before, './server'], folder, { PORT: String(port) }, log);
      running.push({ name, program, port, medianMs: [], perSecond: [], errors: 0 });
      await untilAnswer(port);
    }
    for (const { port } of running) await generator.measure(port, connections, warmUpMs);
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < running.length; turn++) {
        const one = running[(turn + round) % running.length]!;
        const alone = await generator.measure(one.port, 1, roundMs);
        const all = await generator.measure(one.port, connections, roundMs);
        one.medianMs.push(alone.medianMs);
        one.perSecond.push((all.requests * 1000) / all.ms);
        one.errors += alone.errors + all.errors;
      }
    }
    return {
      contestants: running.map(({ name, medianMs, perSecond, errors }) => ({
        name,
        medianMs,
        perSecond,
        errors,
      })),
    };
  } finally {
    generator.end();
    for (const { program } of running) await program.stop('SIGINT', 15_000);
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function build(folder: string): void {
  fs.writeFileSync(path.join(folder, 'go.mod'), 'module example.com/hello\n\ngo 1.19\n');
  fs.writeFileSync(path.join(folder, 'main.go'), source);
  const { status, stderr } = spawnSync('go', ['build', '-o', 'server', '.'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`can't build the Go server: ${stderr}`);
}
