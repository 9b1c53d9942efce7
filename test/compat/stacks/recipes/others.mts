/** Stacks of which one or two rows tell enough. */
import { provide } from '../../../bench/servers/programs.mts';
import { npmPackages } from '../../../tools/npm-packages.mts';
import { lacksProgram } from '../../../tools/programs.mts';
import { pinned } from '../../versions.mts';
import { both, type Files, type Stack } from '../stack.mts';

const stream = `
const pieces = (type: string, all: string[]) =>
  new Response(
    new ReadableStream({
      async start(controller) {
        for (const piece of all) {
          try {
            controller.enqueue(new TextEncoder().encode(piece));
          } catch {
            return;
          }
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        controller.close();
      },
    }),
    { headers: { 'Content-Type': type } },
  );
`;
const fetchHandler = (save: number): string => `(request: Request) => {
  const { pathname } = new URL(request.url);
  if (pathname === '/slow') return pieces('text/plain', [...Array(19).fill('.'), 'end']);
  if (pathname === '/events') return pieces('text/event-stream', Array(3000).fill('data: tick\\n\\n'));
  return new Response('save-${save}');
}`;

/** Where npm's package has put its program; the same for all that start it. */
const paths = { bun: '', deno: '' };

async function lacksBun(): Promise<string | undefined> {
  const bun = await provide('bun');
  if ('missing' in bun) return `npm install bun: ${bun.missing}`;
  paths.bun = bun.path;
  return undefined;
}

async function lacksDeno(): Promise<string | undefined> {
  const name = `@deno/${process.platform}-${process.arch}-glibc`;
  try {
    const modules = await npmPackages('compat-deno', [`${name}@${pinned('deno').replace(/^deno@/, '')}`]);
    paths.deno = `${modules}/${name}/deno`;
    return undefined;
  } catch (error) {
    return `npm install deno: ${(error as Error).message.split('\n', 1)[0] ?? ''}`;
  }
}

const listenFdsInNode = (save: number): string => `const { createServer } = require('node:http');

const pieces = (response, type, all) => {
  response.setHeader('Content-Type', type);
  const next = () => {
    const piece = all.shift();
    if (piece === undefined) return response.end();
    response.write(piece);
    setTimeout(next, 100);
  };
  next();
};

const server = createServer((request, response) => {
  if (request.url === '/slow') pieces(response, 'text/plain', [...Array(19).fill('.'), 'end']);
  else if (request.url === '/events') pieces(response, 'text/event-stream', Array(3000).fill('data: tick\\n\\n'));
  else response.end('save-${save}');
});
server.listen({ fd: 3 });
process.on('SIGTERM', () => server.close(() => process.exit()));
`;

const java = (save: number): string => `import com.sun.net.httpserver.*;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

public class Main {
  static void pieces(HttpExchange exchange, String type, String piece, int count, String end) {
    try (OutputStream body = exchange.getResponseBody()) {
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(200, 0);
      for (int i = 0; i < count; i++) {
        body.write(piece.getBytes());
        body.flush();
        Thread.sleep(100);
      }
      body.write(end.getBytes());
    } catch (Exception gone) {
      exchange.close();
    }
  }

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(System.getenv("PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> {
      byte[] body = "save-${save}".getBytes();
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.createContext("/slow", exchange -> pieces(exchange, "text/plain", ".", 19, "end"));
    server.createContext("/events", exchange -> pieces(exchange, "text/event-stream", "data: tick\\n\\n", 3000, ""));
    server.start();
  }
}
`;

const php = (save: number): string => `<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path === '/slow' || $path === '/events') {
    header('Content-Type: ' . ($path === '/slow' ? 'text/plain' : 'text/event-stream'));
    for ($i = 0; $i < ($path === '/slow' ? 19 : 3000); $i++) {
        echo $path === '/slow' ? '.' : "data: tick\\n\\n";
        ob_flush();
        flush();
        usleep(100000);
    }
    echo 'end';
    return;
}
echo "save-${save}";
`;

const nginx = (save: number): Files => ({
  'nginx.conf':
    'daemon off; pid nginx.pid; error_log stderr; events {} http { access_log off; include more/*.conf; }\n',
  'more/site.conf': `server {
  listen 127.0.0.1:{port};
  location / { return 200 "save-${save}"; }
  location /slow { root .; limit_rate 10k; default_type text/plain; }
}
`,
  slow: `${'.'.repeat(20_000)}end`,
});

const rust = (save: number): Files => ({
  'Cargo.toml': '[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2021"\n',
  'src/main.rs': `use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::fd::FromRawFd;

fn main() {
    let listener = unsafe { TcpListener::from_raw_fd(3) };
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else { continue };
        std::thread::spawn(move || {
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while let Some(Ok(line)) = lines.next() {
                if line.is_empty() {
                    let body = "save-${save}";
                    let _ = write!(stream, "HTTP/1.1 200 OK\\r\\nContent-Length: {}\\r\\n\\r\\n{}", body.len(), body);
                }
            }
        });
    }
}
`,
});

const dotnet = (save: number): Files => ({
  'Program.cs': `var app = WebApplication.CreateBuilder(args).Build();\napp.MapGet("/", () => "save-${save}");\napp.Run();\n`,
});

export const otherStacks: readonly Stack[] = [
  {
    name: 'node-listen-fds',
    title: 'node:http with LISTEN_FDS',
    lacks: () => undefined,
    version: [process.execPath, '--version'],
    files: (save) => ({ 'server.js': listenFdsInNode(save) }),
    edited: 'server.js',
    command: 'node server.js',
    options: ['--listen', '127.0.0.1:{port}'],
    streams: both,
    breaks: '\n}{\n',
    ci: true,
  },
  {
    name: 'rust-listen-fds',
    title: 'Rust with LISTEN_FDS',
    lacks: () => lacksProgram('cargo', 'cargo'),
    version: ['cargo', '--version'],
    files: rust,
    edited: 'src/main.rs',
    command: 'cargo run',
    options: ['--listen', '127.0.0.1:{port}'],
    breaks: '\nfn broken( {\n',
  },
  {
    name: 'nginx',
    lacks: () => lacksProgram('nginx', 'nginx-light'),
    version: ['/usr/sbin/nginx', '-v'],
    files: nginx,
    edited: 'more/site.conf',
    command: 'nginx -p . -c nginx.conf',
    streams: { slow: '/slow' },
    breaks: 'retrun;\n',
  },
  {
    name: 'php',
    title: 'php -S',
    lacks: () => lacksProgram('php', 'php-cli'),
    version: ['php', '--version'],
    files: (save) => ({ 'index.php': php(save) }),
    edited: 'index.php',
    command: 'php -S localhost:{port}',
    env: { PHP_CLI_SERVER_WORKERS: '16' },
    streams: both,
    notPromised: 'each request reads the files, so a broken one is seen by clients',
  },
  {
    name: 'bun',
    title: 'Bun.serve',
    lacks: lacksBun,
    get version() {
      return [paths.bun, '--version'];
    },
    files: (save) => ({ 'index.ts': `${stream}\nBun.serve({ fetch: ${fetchHandler(save)} });\n` }),
    edited: 'index.ts',
    get command() {
      return `${paths.bun} run index.ts`;
    },
    streams: both,
    breaks: '\nconst = ;\n',
  },
  {
    name: 'deno',
    title: 'Deno.serve',
    lacks: lacksDeno,
    get version() {
      return [paths.deno, '--version'];
    },
    files: (save) => ({
      'main.ts': `${stream}\nDeno.serve({ port: Number(Deno.env.get('PORT')) }, ${fetchHandler(save)});\n`,
    }),
    edited: 'main.ts',
    get command() {
      return `${paths.deno} run -A main.ts`;
    },
    streams: both,
    breaks: '\nconst = ;\n',
  },
  {
    name: 'java',
    title: "Java's HttpServer, one file",
    lacks: () => lacksProgram('java', 'openjdk-17-jdk-headless'),
    version: ['java', '-version'],
    files: (save) => ({ 'Main.java': java(save) }),
    edited: 'Main.java',
    command: 'java Main.java',
    streams: both,
    breaks: '\nclass {\n',
  },
  {
    name: 'dotnet',
    title: '.NET',
    lacks: () => lacksProgram('dotnet', 'dotnet-sdk-8.0 (from packages.microsoft.com, not in Debian)'),
    version: ['dotnet', '--version'],
    files: dotnet,
    edited: 'Program.cs',
    command: 'dotnet run --no-launch-profile',
    breaks: '\nclass {\n',
  },
  {
    name: 'spring-boot',
    title: 'Spring Boot',
    lacks: () => 'needs what Maven fetches, of which Debian has no Spring Boot: apt-get install maven',
    version: ['mvn', '--version'],
    files: () => ({}),
    edited: 'src/main/java/com/example/Application.java',
    command: 'mvn spring-boot:run',
  },
  {
    name: 'phoenix',
    title: 'Phoenix',
    lacks: () => 'needs what Hex fetches, of which Debian has no Phoenix: apt-get install elixir',
    version: ['elixir', '--version'],
    files: () => ({}),
    edited: 'lib/app.ex',
    command: 'mix phx.server',
  },
];
