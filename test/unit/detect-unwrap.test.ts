import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReadFile } from '../../src/detect/reading/files.ts';
import { formatWords } from '../../src/detect/reading/shell.ts';
import { unwrap, type UnwrapResult } from '../../src/detect/unwrap.ts';

const env = { PATH: '/usr/bin', HOME: '/home/u' };
const goCache = '/home/u/.cache/hot-swap/go';

/** Unwraps in `/app` with these files in it; objects are written as JSON. */
async function unwrapIn(
  files: Record<string, unknown>,
  command: string | readonly string[],
): Promise<UnwrapResult> {
  const readFile: ReadFile = (path) => {
    const content = path.startsWith('/app/') ? files[path.slice('/app/'.length)] : undefined;
    return Promise.resolve(
      content === undefined || typeof content === 'string' ? content : JSON.stringify(content),
    );
  };
  return unwrap(command, '/app', readFile, env);
}

/** What would be started, as a line. */
async function started(command: string, files: Record<string, unknown> = {}): Promise<string> {
  const result = await unwrapIn(files, command);
  return typeof result.command === 'string' ? result.command : result.command.join(' ');
}

const scripts = (all: Record<string, string>, more: object = {}): Record<string, unknown> => ({
  'package.json': { name: 'shop', version: '1.2.3', scripts: all, ...more },
});

const direct: Record<string, string> = {
  'nodemon server.js': 'node server.js',
  'nodemon -w src --ext js,json server.js --port 4000': 'node server.js --port 4000',
  'nodemon --inspect server.js': 'node --inspect server.js',
  'nodemon -r dotenv/config server.js': 'node -r dotenv/config server.js',
  'nodemon server.js -- --config x': 'node server.js --config x',
  'nodemon --watch src --exec tsx src/server.ts': 'tsx src/server.ts',
  'nodemon --exec "node --import tsx" src/server.ts': 'node --import tsx src/server.ts',
  'nodemon --watch "src/**/*.ts" --exec "tsx src/server.ts"': 'tsx src/server.ts',
  'nodemon src/server.ts': 'ts-node src/server.ts',
  'nodemon --cwd api server.js': 'cd api && node server.js',
  'nodemon --exec "x {{filename}} -y" a.js --z': 'x a.js -y --z',
  'nodemon app.py': 'python app.py',
  'nodemon --exec "tsx watch src/server.ts"': 'tsx src/server.ts',
  'tsx watch src/server.ts': 'tsx src/server.ts',
  'tsx watch --clear-screen=false --include "./x/*" src/server.ts --flag': 'tsx src/server.ts --flag',
  'node --watch server.js': 'node server.js',
  'node --watch-path=./src --watch-path ./lib --env-file=.env server.js --watch':
    'node --env-file=.env server.js --watch',
  'node --import tsx --watch src/server.ts': 'node --import tsx src/server.ts',
  'node-dev --notify=false server.js': 'node server.js',
  'ts-node-dev --respawn --transpile-only src/server.ts': 'ts-node --transpile-only src/server.ts',
  'tsnd --respawn -P tsconfig.dev.json -r tsconfig-paths/register src/server.ts':
    'ts-node -P tsconfig.dev.json -r tsconfig-paths/register src/server.ts',
  'vite-node --watch -c vite.config.ts src/index.ts': 'vite-node -c vite.config.ts src/index.ts',
  'supervisor -w src -e js,ts server.js': 'node server.js',
  'supervisor --inspect -n exit -x tsx -- src/server.ts --port 1': 'tsx --inspect src/server.ts --port 1',
  'supervisor -i node_modules app.coffee': 'coffee app.coffee',
  'forever -w --watchDirectory src -c "node --inspect" server.js -c x': 'node --inspect server.js -c x',
  'onchange -ik "src/**" -- node server.js': 'node server.js',
  'watchexec -r -e js -- node server.js': 'node server.js',
  'pm2-runtime server.js --watch': 'node server.js',
  'pm2-runtime start --name api --node-args="--inspect -r x" bin/www --raw -- --port 1':
    'node --inspect -r x bin/www --port 1',
  'pm2-dev --ignore data,logs server.js': 'node server.js',
  'pm2 start server.js --watch --no-daemon': 'node server.js',
  'bun --hot server.ts': 'bun server.ts',
  'bun run --watch server.ts': 'bun run server.ts',
  'deno run --watch --allow-net server.ts': 'deno run --allow-net server.ts',
  'cargo watch -q -x run': 'cargo run',
  'systemfd --no-pid -s http::3000 -- cargo watch -x run': 'cargo run',
  'reflex -r "\\.go$" -s -- go run .': `${goCache}/1e1a702faeb3/app`,
  'gow run ./cmd/api -v': `${goCache}/b121278a48f6/api -v`,
  air: './tmp/main',
  'fastapi dev main.py --port 8000': 'fastapi dev --no-reload main.py --port 8000',
  'hypercorn --reload main:app': 'hypercorn main:app',
  'gunicorn --reload -k gthread app:app': 'gunicorn -k gthread app:app',
  'uv run --env-file .env uvicorn main:app --reload': 'uv run --env-file .env uvicorn main:app',
  'uv run -- fastapi dev': 'uv run -- fastapi dev --no-reload',
  'poetry run uvicorn --reload main:app': 'poetry run uvicorn main:app',
  "cargo watch -w src -x 'run --bin api'": 'cargo run --bin api',
  'uvicorn main:app --reload --port 8000': 'uvicorn main:app --port 8000',
  'poetry run uvicorn main:app --reload': 'poetry run uvicorn main:app',
  'uv run uvicorn main:app --reload': 'uv run uvicorn main:app',
  'pipenv run gunicorn --reload app:app': 'pipenv run gunicorn app:app',
  'fastify start -w -l info -P app.js': 'fastify start -l info -P app.js',
  'fastify start --ignore-watch=.ts$ --watch -l info dist/app.js': 'fastify start -l info dist/app.js',
  'fastify start --ignore-watch "x y" -w app.js': 'fastify start app.js',
  'npx nodemon server.js': 'node server.js',
  'npx tsx watch src/server.ts': 'npx tsx src/server.ts',
  './node_modules/.bin/nodemon server.js': 'node server.js',
  'npm run build && nodemon dist/server.js': 'node dist/server.js',
  'nodemon -e ts --exec "npm run build && node dist/server.js"': 'node dist/server.js',
  'nodemon server.js | pino-pretty': 'node server.js | pino-pretty',
  'nodemon server.js > dev.log 2>&1': 'node server.js > dev.log 2>&1',
  'tsx watch src/server.ts 2>&1 | tee dev.log': 'tsx src/server.ts 2>&1 | tee dev.log',
  'sh -c "cd api && nodemon server.js"': 'cd api && node server.js',
  'sh -c "exec nodemon server.js"': 'node server.js',
  'moleculer-runner --hot services/**/*.js': 'moleculer-runner services/**/*.js',
  'turbo run dev --filter=api -- --port 1': 'turbo run dev --filter=api --env-mode=loose -- --port 1',
  'npx turbo dev': 'npx turbo dev --env-mode=loose',
  'cd api && nodemon "my server.js"': "cd api && node 'my server.js'",
  'PORT=$BASE_PORT nodemon server.js $ARGS': 'PORT="$BASE_PORT" node server.js "$ARGS"',
};

for (const [command, expected] of Object.entries(direct)) {
  test(`starts ${expected} for ${command}`, async () => {
    assert.equal(await started(command), expected);
  });
}

const untouched = [
  'node server.js',
  'tsx src/server.ts',
  'npx tsx src/server.ts',
  'npm run dev',
  'node server.js --watch',
  'nodemon $(cat entry)',
  'forever start -w server.js',
  'forever server.js',
  'onchange "src/**" -- node server.js',
  'watchexec -r "node server.js"',
  'pm2-runtime ecosystem.config.js',
  'pm2-runtime -i 2 server.js',
  'pm2 start server.js --watch',
  'turbo run dev --env-mode=strict',
  "sh -c 'while true; do node server.js; sleep 1; done'",
  'if test -f a.js; then nodemon a.js; else nodemon b.js; fi',
  'node server.js 2> errors.log',
  '',
];

for (const command of untouched) {
  test(`leaves ${command === '' ? 'an empty command' : command} as it is`, async () => {
    assert.deepEqual(await unwrapIn(scripts({ dev: 'next dev' }), command), { command });
  });
}

test('a pattern of scripts is not one of files', async () => {
  const all = { 'dev:build': 'tsc -w', 'dev:run': 'nodemon dist/server.js' };
  for (const dev of ['run-p dev:*', 'npm-run-all -p dev:*', 'concurrently npm:dev:*']) {
    const { command, pipeline } = await unwrapIn(scripts({ dev, ...all }), 'npm run dev');
    assert.deepEqual(
      [command, pipeline?.builders.map(({ name }) => name)],
      [['node', 'dist/server.js'], ['tsc']],
    );
  }
});

test("Wireit's scripts are what it runs for them", async () => {
  const wireit = {
    dev: { command: 'node dist/server.js', service: true, dependencies: ['build'], env: { MODE: 'a b' } },
    build: { command: 'tsc', files: ['src/**'] },
    both: { command: 'node server.js', dependencies: [{ script: 'dev' }] },
  };
  const files = scripts(
    { dev: 'wireit', build: 'wireit', both: 'wireit', start: 'npm run dev --watch' },
    { wireit },
  );
  const { command, env: own, pipeline } = await unwrapIn(files, 'npm start');
  assert.deepEqual([command, own?.['MODE']], [['node', 'dist/server.js'], 'a b']);
  const steps = [...(pipeline?.steps ?? []), ...(pipeline?.builders ?? [])];
  assert.match(String(steps[0]?.command), /^tsc/);
  assert.deepEqual((await unwrapIn(files, 'npm run both')).command, 'npm run both');
});

test('npm-watch alone runs the only script that there is', async () => {
  const start = { start: 'node server.js', dev: 'npm-watch' };
  const watch = { start: { patterns: ['.'] } };
  assert.equal(await started('npm run dev', scripts(start, { watch })), 'node server.js');
  assert.equal(
    await started('npm run dev', scripts(start, { watch: { ...watch, test: 'x' } })),
    'npm run dev',
  );
});

test('what no watcher restarts, beside what one does, is started once', async () => {
  const { command, pipeline } = await unwrapIn({}, 'concurrently "node mail.js" "node --watch server.js"');
  assert.deepEqual(command, ['node', 'server.js']);
  assert.deepEqual(
    pipeline?.companions.map((one) => one.command),
    [['node', 'mail.js']],
  );
  assert.equal(await started('concurrently "nodemon a.js" "nodemon b.js"'), 'node a.js & node b.js & wait');
});

test('looks through npm run, and sets what npm would set', async () => {
  const result = await unwrapIn(scripts({ dev: 'nodemon server.js' }), 'npm run dev');
  assert.deepEqual(result, {
    command: ['node', 'server.js'],
    env: {
      PATH: '/app/node_modules/.bin:/node_modules/.bin:/usr/bin',
      npm_lifecycle_event: 'dev',
      npm_lifecycle_script: 'nodemon server.js',
      npm_package_json: '/app/package.json',
      npm_package_name: 'shop',
      npm_package_version: '1.2.3',
      npm_command: 'run-script',
      INIT_CWD: '/app',
    },
    note: 'npm run dev runs nodemon, which Hot Swap replaces: starting node server.js',
  });
});

test('says what it replaces when the watcher was named itself', async () => {
  const result = await unwrapIn({}, ['nodemon', 'server.js']);
  assert.deepEqual(result.command, ['node', 'server.js']);
  assert.equal(
    result.note,
    'Hot Swap replaces nodemon: starting node server.js instead of nodemon server.js',
  );
});

test('keeps assignments and cross-env as environment', async () => {
  const result = await unwrapIn({}, 'NODE_ENV=development cross-env PORT=4000 DEBUG=a,b nodemon server.js');
  assert.deepEqual(result.command, ['node', 'server.js']);
  assert.deepEqual(result.env, { NODE_ENV: 'development', PORT: '4000', DEBUG: 'a,b' });
});

test('keeps assignments in a chain with the command they belong to', async () => {
  const { command, env, pipeline } = await unwrapIn({}, 'B=1 npm run build && MODE="a b" nodemon dist/x.js');
  assert.deepEqual(command, ['node', 'dist/x.js']);
  assert.deepEqual(env, { MODE: 'a b' });
  assert.deepEqual(
    pipeline?.steps.map((step) => [step.command, step.env['B'], step.env['MODE']]),
    [[['npm', 'run', 'build'], '1', undefined]],
  );
});

test('looks through scripts that call scripts, in every package manager', async () => {
  const files = scripts({
    dev: 'npm run server',
    server: 'cross-env A=1 tsx watch src/x.ts',
    start: 'node --watch x.js',
  });
  for (const command of ['npm run dev', 'yarn dev', 'pnpm run dev', 'bun run dev', 'node --run dev']) {
    const result = await unwrapIn(files, command);
    assert.deepEqual(result.command, ['tsx', 'src/x.ts'], command);
    assert.equal(result.env?.['npm_lifecycle_event'], 'server', command);
    assert.equal(result.env['A'], '1', command);
  }
  assert.equal(await started('npm start', files), 'node x.js');
});

test('follows a package manager to another folder of the workspace', async () => {
  const api = JSON.stringify({ name: '@shop/api', scripts: { dev: 'nodemon server.js --port 1' } });
  const npm = { ...scripts({}, { workspaces: ['packages/*'] }), 'packages/api/package.json': api };
  const pnpm = {
    ...scripts({}),
    'pnpm-workspace.yaml': "packages:\n  # all of them\n  - 'packages/*'\n  - docs\n",
    'packages/api/package.json': api,
  };
  for (const [command, files] of [
    ['npm run dev -w @shop/api', npm],
    ['npm -w packages/api run dev', npm],
    ['npm run dev --workspace=@shop/api', npm],
    ['npm --prefix packages/api run dev', npm],
    ['yarn workspace @shop/api dev', npm],
    ['yarn --cwd packages/api dev', npm],
    ['pnpm --filter @shop/api dev', pnpm],
    ['pnpm --filter=@shop/api run dev', pnpm],
    ['pnpm -C packages/api dev', pnpm],
  ] as const) {
    const line = await started(command, files);
    assert.equal(line, 'cd packages/api && node server.js --port 1', command);
  }
  for (const command of [
    'npm run dev --workspaces',
    'pnpm --filter ./packages/** dev',
    'npm run dev -w other',
  ])
    assert.equal(await started(command, npm), command);
});

test('passes arguments on to the script as npm would', async () => {
  const files = scripts({ dev: 'nodemon server.js' });
  assert.equal(await started('npm run dev -- --port 4000', files), 'node server.js --port 4000');
  assert.equal(await started('yarn dev --port 4000', files), 'node server.js --port 4000');
});

test('runs the pre script that npm would run', async () => {
  const files = scripts({ predev: 'prisma generate', dev: 'nodemon server.js' });
  const { command, pipeline } = await unwrapIn(files, 'npm run dev');
  assert.deepEqual(command, ['node', 'server.js']);
  assert.deepEqual(
    pipeline?.steps.map((step) => step.command),
    [['prisma', 'generate']],
  );
  assert.equal(pipeline.steps[0]?.env['npm_lifecycle_event'], 'predev');
  const pnpm = await unwrapIn(files, 'pnpm dev');
  assert.deepEqual([pnpm.command, pnpm.pipeline], [['node', 'server.js'], undefined]);
});

test('keeps the compiler that a script before it runs last, and cleans once', async () => {
  const { command, pipeline } = await unwrapIn(
    scripts({
      prestart: 'npm run rebuild',
      rebuild: 'npm run clean && npm run build',
      clean: 'lb-clean dist',
      build: 'lb-tsc',
      start: 'node -r source-map-support/register .',
    }),
    'npm start',
  );
  assert.deepEqual(command, ['node', '-r', 'source-map-support/register', '.']);
  assert.deepEqual(
    [pipeline?.steps.map((step) => step.command), pipeline?.builders.map((builder) => builder.command)],
    [[['lb-clean', 'dist']], [['lb-tsc', '--watch', '--preserveWatchOutput']]],
  );
});

test('survives scripts that call each other', async () => {
  const files = scripts({ dev: 'npm run serve', serve: 'npm run dev' });
  assert.equal(await started('npm run dev', files), 'npm run dev');
});

test("reads nodemon's configuration", async () => {
  const json = {
    watch: ['src'],
    ext: 'ts',
    exec: 'ts-node ./src/index.ts',
    env: { NODE_ENV: 'development', N: 1 },
  };
  const result = await unwrapIn({ ...scripts({ dev: 'nodemon' }), 'nodemon.json': json }, 'npm run dev');
  assert.deepEqual(result.command, ['ts-node', './src/index.ts']);
  assert.equal(result.env?.['NODE_ENV'], 'development');
  assert.equal(result.env['N'], '1');
  const inPackage = scripts({}, { nodemonConfig: { execMap: { ts: 'tsx' } } });
  assert.equal(await started('nodemon src/x.ts', inPackage), 'tsx src/x.ts');
});

const odd: Readonly<Record<string, readonly [line: string, config: object, start: string]>> = {
  'of values that are no text': [
    'nodemon',
    { script: 'a.js', env: { ON: true, N: 5, NO: null } },
    'node a.js',
  ],
  'with more than it knows': [
    'nodemon',
    {
      exec: 'tsx a.ts',
      delay: 2500,
      signal: 'SIGTERM',
      watch: false,
      ext: 5,
      events: { start: 'x' },
      quiet: true,
    },
    'tsx a.ts',
  ],
  'whose exec is a list': [
    'nodemon',
    { exec: ['node', '--title=my api', 'a.js'] },
    "node '--title=my api' a.js",
  ],
  'whose exec says where the script goes': [
    'nodemon a.js',
    { exec: 'x {{filename}} {{pwd}}' },
    'x a.js /app',
  ],
  'whose script is overruled': ['nodemon b.js', { script: 'a.js' }, 'node b.js'],
  'whose script gets flags': ['nodemon --trace-warnings', { script: 'a.js' }, 'node --trace-warnings a.js'],
  'whose execMap says where the script goes': [
    'nodemon -q --trace-warnings a.js',
    { execMap: { js: 'node {{filename}} --in {{pwd}}' } },
    'node a.js --in /app --trace-warnings',
  ],
  'whose exec is overruled': ['nodemon --exec tsx b.ts', { exec: 'ts-node' }, 'tsx b.ts'],
  'of a program for its extension': [
    'nodemon a.mjs',
    { execMap: { mjs: 'node --harmony' } },
    'node --harmony a.mjs',
  ],
};

for (const [what, [line, config, start]] of Object.entries(odd)) {
  for (const [where, files] of Object.entries({
    'nodemon.json': { ...scripts({ dev: line }), 'nodemon.json': config },
    'package.json': scripts({ dev: line }, { nodemonConfig: config }),
    'a named file': {
      ...scripts({ dev: line.replace('nodemon', 'nodemon --config my.json') }),
      'my.json': config,
    },
  })) {
    test(`reads a nodemon configuration ${what} in ${where}`, async () => {
      const result = await unwrapIn(files, 'npm run dev');
      assert.equal(typeof result.command === 'string' ? result.command : formatWords(result.command), start);
      const { ON, N, NO } = result.env ?? {};
      if ('env' in config) assert.deepEqual([ON, N, NO], ['true', '5', 'null']);
    });
  }
}

test('finds the script that nodemon would find', async () => {
  assert.equal(await started('nodemon', scripts({}, { main: 'lib/app.js' })), 'node lib/app.js');
  assert.equal(
    await started('nodemon --inspect', scripts({ start: 'node bin/www' })),
    'node bin/www --inspect',
  );
  assert.equal(await started('nodemon'), 'node index.js');
  assert.equal(
    await started('nodemon', { ...scripts({ start: 'node x' }), 'index.js': '' }),
    'node index.js',
  );
});

test('starts an installed program without npx', async () => {
  const result = await unwrapIn({ 'node_modules/.bin/tsx': '#!' }, 'npx tsx watch src/x.ts');
  assert.deepEqual(result.command, ['tsx', 'src/x.ts']);
  assert.match(result.env?.['PATH'] ?? '', /^\/app\/node_modules\/\.bin:/);
});

test('keeps a program that loads an environment file in front', async () => {
  assert.equal(
    await started('dotenv -e .env.local -- nodemon server.js'),
    'dotenv -e .env.local -- node server.js',
  );
});

test('opens the inspector of ts-node-dev through NODE_OPTIONS', async () => {
  const result = await unwrapIn({}, 'tsnd --inspect=9230 src/x.ts');
  assert.deepEqual(result.command, ['ts-node', 'src/x.ts']);
  assert.deepEqual(result.env, { NODE_OPTIONS: '--inspect=9230' });
});

const told: Record<string, UnwrapResult['watcher']> = {
  'nodemon server.js': undefined,
  'nodemon -w src -e ts,js,json src/server.ts': undefined,
  'nodemon -e js,html,.ejs server.js': { watch: ['**/*.{html,ejs}'], ignore: [] },
  'nodemon -w src -w "schema/**/*" -w config.yml -e js,graphql server.js': {
    watch: ['src/**/*.graphql', 'schema/**/*.graphql', 'config.yml'],
    ignore: [],
  },
  "nodemon -i logs/ --ignore 'data/*' --ignore *.log server.js": {
    watch: [],
    ignore: ['data/*', 'data/*/**', '**/*.log', '**/*.log/**', '**/logs', '**/logs/**'],
  },
  'nodemon --cwd api --ignore ./data/ -e js,pug server.js': {
    watch: ['api/**/*.pug'],
    ignore: ['**/data', '**/data/**'],
  },
  'tsx watch --include "./schema/**/*" --exclude=./gen/** --include .env.dev src/server.ts': {
    watch: ['schema/**/!(*.{js,mjs,cjs,jsx,ts,mts,cts,tsx,json})', '.env.dev'],
    ignore: ['gen/**', 'gen/**/**'],
  },
  'node --watch-path=./config --watch server.js': {
    watch: ['config/**/!(*.{js,mjs,cjs,jsx,ts,mts,cts,tsx,json})'],
    ignore: [],
  },
};
for (const [line, watcher] of Object.entries(told)) {
  test(`knows what is watched and ignored by ${line}`, async () => {
    assert.deepEqual((await unwrapIn({}, line)).watcher, watcher);
  });
}

test('reads what nodemon watches and ignores in its configuration, unless the command line says it', async () => {
  const files = { 'nodemon.json': { ext: 'js pug', watch: ['app'], ignore: ['tmp/*.js'] } };
  const ignore = ['tmp/*.js', 'tmp/*.js/**'];
  assert.deepEqual((await unwrapIn(files, 'nodemon x.js')).watcher, { watch: ['app/**/*.pug'], ignore });
  assert.deepEqual((await unwrapIn(files, 'nodemon -e ejs x.js')).watcher, {
    watch: ['app/**/*.ejs'],
    ignore,
  });
});

test('lets a builder write what its watcher ignores', async () => {
  const { watcher } = await unwrapIn({}, 'nodemon --ignore dist -e ts,yml --exec "tsc && node dist/x.js"');
  assert.deepEqual(watcher, { watch: ['**/*.yml'], ignore: [] });
});

test('takes NODE_OPTIONS out of a line in which they would replace what a runtime adds', async () => {
  const files = scripts({ dev: "NODE_OPTIONS='--max-old-space-size=4096' node server.js" });
  const result = await unwrapIn(files, 'npm run dev');
  assert.deepEqual(result.command, ['node', 'server.js']);
  assert.equal(result.env?.['NODE_OPTIONS'], '--max-old-space-size=4096');
  assert.match(result.note ?? '', /npm run dev sets NODE_OPTIONS.*starting node server\.js/);
  const piped = await unwrapIn({}, 'NODE_OPTIONS=--enable-source-maps node server.js | pino-pretty');
  assert.equal(piped.command, 'node server.js | pino-pretty');
  assert.equal(piped.env?.['NODE_OPTIONS'], '--enable-source-maps');
  // Only a shell knows what it would be.
  assert.deepEqual(await unwrapIn({}, 'NODE_OPTIONS="$NODE_OPTIONS --x" node a.js'), {
    command: 'NODE_OPTIONS="$NODE_OPTIONS --x" node a.js',
  });
});

/** The steps, each as a line, and the server's command line. */
async function built(command: string, files: Record<string, unknown> = {}): Promise<readonly string[]> {
  const { command: server, pipeline } = await unwrapIn(files, command);
  const all = [...(pipeline?.steps ?? []).map((step) => step.command), server];
  return all.map((one) => (typeof one === 'string' ? one : one.join(' ')).replace(/\b[0-9a-f]{12}\b/, 'KEY'));
}

const air = `root = "."
[build]
  cmd = "make css && go build -o ./tmp/main ./cmd/web"
  bin = "tmp/main"
  args_bin = ["-v", 'x y']
[log]
  time = false
`;

for (const [command, files, steps] of [
  ['go run .', {}, [`go build -o ${goCache}/KEY/app .`, `${goCache}/KEY/app`]],
  [
    'go run -race -tags dev ./cmd/api --x .',
    {},
    [`go build -o ${goCache}/KEY/api -race -tags dev ./cmd/api`, `${goCache}/KEY/api --x .`],
  ],
  [
    'go run main.go more.go -p 1',
    {},
    [`go build -o ${goCache}/KEY/main main.go more.go`, `${goCache}/KEY/main -p 1`],
  ],
  ['go run ./x -addr :${port}', {}, [`go build -o ${goCache}/KEY/x ./x`, `${goCache}/KEY/x -addr :\${port}`]],
  ['go run -exec wine .', {}, ['go run -exec wine .']],
  ['go run github.com/air-verse/air@latest', {}, ['go run github.com/air-verse/air@latest']],
  ['go build -o x . && ./x', {}, ['go build -o x .', './x']],
  [
    'cargo run --release --bin api -- -v',
    {},
    ['cargo build --release --bin api', 'cargo run --release --bin api -- -v'],
  ],
  ['cargo watch -x run', {}, ['cargo build', 'cargo run']],
  ['watchexec -r -e go -- go run .', {}, [`go build -o ${goCache}/KEY/app .`, `${goCache}/KEY/app`]],
  ['air', {}, ['go build -o ./tmp/main .', './tmp/main']],
  [
    'air -c .air.toml',
    { '.air.toml': air },
    ['make css', 'go build -o ./tmp/main ./cmd/web', './tmp/main -v x y'],
  ],
  ['air -- --port 1', {}, ['go build -o ./tmp/main .', './tmp/main --port 1']],
  ['air init', {}, ['air init']],
] as const) {
  test(`builds ${command} before it starts it`, async () => {
    assert.deepEqual(await built(command, files), steps);
  });
}

test('what is built counts what it is built of', async () => {
  const { pipeline } = await unwrapIn({}, 'go run .');
  assert.deepEqual(pipeline?.steps[0]?.reads.slice(0, 2), ['**/!(*_test).go', 'go.{mod,sum,work}']);
});

test('systemfd hands down what it is told to', async () => {
  const of = async (command: string) => (await unwrapIn({}, command)).listen;
  assert.deepEqual(await of('systemfd --no-pid -s http::3000 -- cargo run'), ['127.0.0.1:3000']);
  assert.deepEqual(await of('systemfd -s https::0.0.0.0:443 --socket=unix::/x.sock -- ./x'), [
    '0.0.0.0:443',
    '/x.sock',
  ]);
  assert.equal(await of('systemfd -s udp::3000 -- ./x'), undefined);
});
