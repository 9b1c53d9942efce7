/** Finished servers with much in them, or of which some must be compiled. */
import type { Recipe } from '../recipe.mts';

const petstore = `openapi: 3.0.0
info: { title: Pets, version: '1' }
paths:
  /pets:
    get:
      responses:
        '200':
          description: All
          content:
            application/json:
              schema: { type: array, items: { type: string }, example: [cat, dog] }
    post:
      requestBody:
        content: { application/json: { schema: { type: object, required: [name] } } }
      responses: { '201': { description: Made } }
`;

const lowerCase = `module.exports = function (RED) {
  function LowerCase(config) {
    RED.nodes.createNode(this, config);
    this.on('input', (message, send) => send({ ...message, payload: String(message.payload).toLowerCase() }));
  }
  RED.nodes.registerType('lower-case', LowerCase);
};
`;

const lowerCaseForm = `<script type="text/javascript">
  RED.nodes.registerType('lower-case', { category: 'function', defaults: { name: { value: '' } }, inputs: 1, outputs: 1 });
</script>
`;

const flow = [
  { id: 'tab', type: 'tab', label: 'Flow' },
  { id: 'get', z: 'tab', type: 'http in', url: '/hello', method: 'get', wires: [['low']] },
  { id: 'post', z: 'tab', type: 'http in', url: '/hello', method: 'post', wires: [['low']] },
  { id: 'low', z: 'tab', type: 'lower-case', wires: [['out']] },
  { id: 'out', z: 'tab', type: 'http response', wires: [] },
];

export const large: readonly Recipe[] = [
  {
    name: 'node-red',
    project: {
      packed: 'node-red',
      files: {
        'data/flows.json': JSON.stringify(flow),
        'data/nodes/lower-case.js': lowerCase,
        'data/nodes/lower-case.html': lowerCaseForm,
      },
    },
    command: 'node red.js --settings settings.js --userDir data --port {port}',
    get: ['/hello', '/settings'],
    post: { path: '/hello', headers: { 'Content-Type': 'text/plain' }, body: 'NUMBER {n}' },
    saves: {
      entry: 'red.js',
      route: 'data/nodes/lower-case.js',
      deep: 'lib/red.js',
      config: 'settings.js',
    },
    breaks: 'deep',
  },
  {
    name: 'azurite',
    project: { packed: 'azurite' },
    command:
      'node dist/src/azurite.js --silent --location data --blobPort {port} --queuePort {port2} --tablePort {port3} --skipApiVersionCheck',
    get: ['/devstoreaccount1?comp=list'],
    post: { method: 'PUT', path: '/devstoreaccount1/files?restype=container', body: '' },
    saves: {
      entry: 'dist/src/azurite.js',
      route: 'dist/src/blob/BlobRequestListenerFactory.js',
      deep: 'dist/src/common/ServerBase.js',
      config: 'package.json',
    },
  },
  {
    name: 'prism',
    title: '@stoplight/prism-cli',
    project: { packed: '@stoplight/prism-cli', files: { 'pets.yaml': petstore } },
    command: 'node dist/index.js mock --port {port} pets.yaml',
    get: ['/pets'],
    post: { path: '/pets', headers: { 'Content-Type': 'application/json' }, body: '{"name":"{n}"}' },
    saves: {
      entry: 'dist/index.js',
      route: 'dist/commands/mock.js',
      deep: 'dist/util/createServer.js',
      // It watches that itself.
      config: { file: 'pets.yaml', edit: (text, number) => `${text}# save ${number}\n`, expect: 'none' },
    },
  },
  {
    name: 'signalk',
    title: 'signalk-server',
    project: { packed: 'signalk-server', files: { 'data/settings.json': '{ "interfaces": {} }\n' } },
    command: 'node bin/signalk-server -c data',
    env: { SIGNALK_NODE_CONFIG_DIR: 'data' },
    get: ['/signalk', '/signalk/v1/api/'],
    saves: {
      entry: 'bin/signalk-server',
      route: 'dist/interfaces/rest.js',
      deep: 'dist/deltacache.js',
      config: 'package.json',
    },
  },
  {
    name: 'homebridge',
    project: {
      packed: 'homebridge',
      files: {
        'data/config.json': `{
  "bridge": { "name": "Homebridge", "username": "CC:22:3D:E3:CE:30", "port": {port}, "pin": "031-45-154" },
  "accessories": [],
  "platforms": []
}
`,
      },
    },
    command: 'node bin/homebridge -I -U data',
    get: ['/accessories'],
    saves: {
      entry: 'bin/homebridge',
      route: 'lib/bridgeService.js',
      deep: 'lib/logger.js',
      config: 'data/config.json',
    },
  },
  {
    name: 'actual',
    title: '@actual-app/sync-server',
    project: {
      packed: '@actual-app/sync-server',
      adds: ['http-proxy-middleware'],
      compiles: ['better-sqlite3', 'bcrypt'],
      files: { 'data/README': 'What it stores.\n' },
    },
    command: 'node build/app.js',
    // Elsewhere it lets nobody ask as often.
    env: { ACTUAL_PORT: '{port}', ACTUAL_DATA_DIR: 'data', NODE_ENV: 'development' },
    get: ['/mode', '/account/needs-bootstrap'],
    saves: {
      entry: 'build/app.js',
      route: 'build/src/app-account.js',
      deep: 'build/src/account-db.js',
      config: 'package.json',
    },
  },
];
