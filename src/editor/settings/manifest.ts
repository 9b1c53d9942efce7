/**
 * What VS Code shows of every `hotSwap.*` setting: its texts, and the shape that the settings editor checks. package.json
 * has it from here (`npm run manifest`); what the extension itself takes for right is in schema.ts.
 */
import { specDefaults, ways } from '../../shared/spec.ts';
import { defaultSettings, type ServerSetting, type SingleSettings } from './schema.ts';
import { swapOnModes } from './swap-on.ts';

/** JSON schema, with what VS Code adds to it. */
type Declaration = Readonly<Record<string, unknown>>;

/** In the order in which users see them. */
const declarations: Readonly<Record<keyof SingleSettings | 'servers', Declaration>> = {
  swapOn: {
    type: 'string',
    enum: swapOnModes,
    enumDescriptions: [
      'When you save. Auto save does not count; changes from outside of the editor (git, generators) do.',
      'Like save, and auto save counts, too.',
      'On any change on disk, whoever made it.',
      'Only when the command Hot Swap Server is given.',
    ],
    markdownDescription:
      'When a running server is swapped. Whatever is chosen, only a changed file that the server has loaded swaps it.',
  },
  standby: {
    type: 'string',
    enum: ['on', 'off'],
    enumDescriptions: [
      'The next generation is prepared in the background: started, its dependencies loaded, waiting just before your own code.',
      'Every swap boots from cold. Costs time at each swap, saves the memory of a second process.',
    ],
    description:
      'Whether a generation is kept on standby, so that a swap costs only the time your own modules need.',
  },
  servers: {
    type: 'array',
    markdownDescription:
      'The servers of this workspace. Without any, Hot Swap finds them in `package.json`. A watcher in a command (`nodemon`, `tsx watch`, `node --watch` …) is replaced by what it runs.',
    default: [],
    items: {
      type: 'object',
      required: ['name', 'command'],
      additionalProperties: false,
      properties: ofServer(),
      defaultSnippets: [
        {
          label: 'server',
          body: {
            name: '${1:api}',
            command: '${2:npm run dev}',
          },
        },
      ],
    },
  },
  autoStart: {
    type: 'boolean',
    description:
      'Start the servers when the workspace opens: those in the settings, or those chosen in this workspace before.',
  },
  offer: {
    type: 'boolean',
    markdownDescription: 'Offer to start a server that is found in `package.json`.',
  },
  graceSeconds: {
    type: 'number',
    minimum: 0,
    maximum: 86400,
    description:
      'How long servers go on after the last window of their workspace was closed, in seconds. Reloading the window takes a few.',
  },
};

/** Hoisted, since the list above is what one reads first. */
function ofServer(): Readonly<Record<keyof ServerSetting, Declaration>> {
  return {
    name: {
      type: 'string',
      minLength: 1,
      description: 'What the status bar and the log call the server. Unique in the workspace folder.',
    },
    command: {
      type: ['string', 'array'],
      items: {
        type: 'string',
      },
      minItems: 1,
      markdownDescription:
        'Starts the server: a command line as in a terminal (`npm run dev`), or a list of a program and its arguments.',
    },
    cwd: {
      type: 'string',
      markdownDescription:
        'Folder in which the command runs, relative to the workspace folder. `${workspaceFolder}` may be used.',
    },
    env: {
      type: 'object',
      additionalProperties: {
        type: ['string', 'number', 'boolean', 'null'],
      },
      markdownDescription: 'Environment variables on top of those of the terminal; `null` removes one.',
    },
    envFile: {
      type: 'string',
      markdownDescription: 'File with environment variables, such as `.env`. Saving it swaps the server.',
    },
    probe: {
      type: 'string',
      pattern: '^/',
      markdownDescription:
        'HTTP path, such as `/healthz`, that a new generation must answer with a status below 500 before it takes over.',
    },
    readyTimeout: {
      type: 'number',
      minimum: 1,
      maximum: 3600000,
      default: specDefaults.readyTimeoutMs,
      description:
        'Milliseconds after which a new generation that does not listen is given up. Where no older one serves, it is waited for.',
    },
    drainTimeout: {
      type: 'number',
      minimum: 1,
      maximum: 3600000,
      default: specDefaults.drainTimeoutMs,
      description: 'Milliseconds that a replaced generation gets to finish its requests.',
    },
    duringBoot: {
      type: 'string',
      enum: ['hold', 'serveOld'],
      default: specDefaults.duringBoot,
      enumDescriptions: [
        'New requests wait for the new generation, so that nobody sees code that was just replaced.',
        'The older generation answers until the new one is ready.',
      ],
      description:
        'What happens to requests that arrive between a save and the moment the new generation is ready.',
    },
    warmUp: {
      type: 'array',
      items: {
        type: 'string',
        pattern: '^/|^last$',
      },
      markdownDescription:
        'HTTP paths that a new generation is asked for (`GET`, once each) before it takes over, so that what it loads and compiles on first use costs no client. `last` stands for the path of the last `GET` that was answered well and within half a second. Name only paths that change nothing.',
    },
    overlap: {
      type: 'boolean',
      default: specDefaults.overlap,
      markdownDescription:
        '`false`: only one generation may be up at a time, since it holds what only one may have (an embedded database, a lock file, a device). The old one ends before the new one starts, and connections wait meanwhile. Found out by itself where a start fails for such a reason.',
    },
    watch: {
      type: 'array',
      items: {
        type: 'string',
      },
      markdownDescription:
        'Globs, relative to `cwd`, of files that swap the server although it does not load them as code: templates, schemas.',
    },
    build: {
      type: ['string', 'array'],
      items: { type: 'string' },
      markdownDescription:
        'What builds what `command` runs, where `command` does not say so itself: one that watches (`tsc -w`) is started once and lives across generations, and a swap waits until its build is whole; one that ends (`npm run build`) runs first, and again when what it reads is saved.',
    },
    companions: {
      type: 'array',
      items: { type: 'string' },
      markdownDescription:
        'Commands that run beside the server (`vite`, `docker compose up`): started once, ended with it, and otherwise left alone.',
    },
    standby: {
      type: 'string',
      enum: ['on', 'off'],
      markdownDescription:
        "Whether this server's next generation is prepared in the background. Default: `#hotSwap.standby#`.",
    },
    way: {
      type: 'string',
      enum: [...ways],
      enumDescriptions: [
        'Something of ours in its processes, which are otherwise unmodified: Node, Python.',
        'It takes its listening sockets from LISTEN_FDS, as systemd gives them: see listen.',
        "nginx's own upgrade: the next one is started with the sockets, then the old one's workers finish.",
        'Hot Swap is on its port, and passes on to the generation, which gets a port of its own in PORT or ${port}.',
      ],
      markdownDescription:
        'How the server takes part. Without this, the first that fits as far as its command tells.',
    },
    port: {
      type: 'integer',
      minimum: 1,
      maximum: 65535,
      markdownDescription:
        'Behind the front: where clients look for the server. Without it, what `PORT` in its environment says, or its command. `${port}` in the command is the port that the server itself is to listen on.',
    },
    listen: {
      type: 'array',
      items: {
        type: 'string',
        minLength: 1,
      },
      default: [],
      markdownDescription:
        'With `listen-fds`: the sockets that the server is given, in this order: `8080`, `127.0.0.1:8080`, `/run/app.sock`, each perhaps after a name (`http=8080`).',
    },
    standbyExcept: {
      type: 'array',
      items: {
        type: 'string',
      },
      markdownDescription:
        'Packages that a standby must not load before your own code does, besides those that it finds by itself.',
    },
  };
}

export const configuration = {
  title: 'Hot Swap',
  properties: Object.fromEntries(
    Object.entries(declarations).map(([name, declaration], index) => [
      `hotSwap.${name}`,
      {
        scope: 'resource',
        order: index + 1,
        ...(name in defaultSettings ? { default: defaultSettings[name as keyof SingleSettings] } : {}),
        ...declaration,
      },
    ]),
  ),
};

/** A workspace that is not trusted has no say in any of them. */
export const restricted = Object.keys(configuration.properties);
