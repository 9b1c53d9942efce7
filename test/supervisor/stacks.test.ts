/** Servers of other stacks as their tutorials write them, behind the front. What is not installed is said, and skipped. */
import { describe, it } from 'node:test';
import { onlyInAll } from '../tools/everything.mts';
import { freePort } from '../tools/free-port.mts';
import { lacksProgram } from '../tools/programs.mts';
import { swapsUnderLoad } from './stack-swaps.ts';
import type { StackApp } from './stack-swaps.ts';

const go = (version: string): string => `package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "${version}")
	})
	log.Fatal(http.ListenAndServe(":"+port, nil))
}
`;

const java = (version: string): string => `
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;

public class Main {
  public static void main(String[] args) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(System.getenv("PORT"))), 0);
    server.createContext("/", exchange -> {
      byte[] body = "${version}".getBytes();
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
  }
}
`;

const stacks: Readonly<Record<string, StackApp & { readonly program: string; readonly from: string }>> = {
  "Go's net/http, go run .": {
    program: 'go',
    from: 'golang-go',
    files: (version) => ({ 'go.mod': 'module example.com/hello\n\ngo 1.19\n', 'main.go': go(version) }),
    edited: 'main.go',
    command: ['go', 'run', '.'],
    isCompiled: true,
    breaks: 'func broken( {',
  },
  'a Java file, java Main.java': {
    program: 'java',
    from: 'openjdk-17-jdk-headless',
    files: (version) => ({ 'Main.java': java(version) }),
    edited: 'Main.java',
    command: ['java', 'Main.java'],
    breaks: 'class {',
  },
  'Bun.serve, bun run index.ts': {
    program: 'bun',
    from: 'bun (npm)',
    files: (version) => ({ 'index.ts': `Bun.serve({ fetch: () => new Response("${version}") });\n` }),
    edited: 'index.ts',
    command: ['bun', 'run', 'index.ts'],
    breaks: 'const = ;',
  },
  'Deno.serve, deno run -A main.ts': {
    program: 'deno',
    from: 'deno (npm)',
    files: (version) => ({ 'main.ts': `Deno.serve(() => new Response("${version}"));\n` }),
    edited: 'main.ts',
    command: ['deno', 'run', '-A', 'main.ts'],
    breaks: 'const = ;',
  },
};

describe('behind the front', onlyInAll, () => {
  for (const [name, { program, from, ...stack }] of Object.entries(stacks)) {
    it(name, { skip: lacksProgram(program, from) ?? false }, async (t) => {
      await swapsUnderLoad(t, stack, 3);
    });
  }

  it('php -S', { skip: lacksProgram('php', 'php-cli') ?? false }, async (t) => {
    const port = await freePort();
    await swapsUnderLoad(
      t,
      {
        files: (version) => ({ 'index.php': `<?php\necho "${version}";\n` }),
        edited: 'index.php',
        command: ['php', '-S', `localhost:${port}`],
        port,
      },
      3,
    );
  });
});
