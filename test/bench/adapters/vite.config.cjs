// What an app must do to live under `vite-node --watch`, done from outside so that the samples stay as they are.
// Copied beside the sample as its vite.config.cjs, and loaded into the process that runs the sample.
const net = require('node:net');

const usesMongoose = 'mongoose' in (require('./package.json').dependencies ?? {});

const servers = new Set();
const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (...args) {
  const port = typeof args[0] === 'object' ? args[0].port : args[0];
  if (Number(port) === Number(process.env.PORT)) servers.add(this);
  return Reflect.apply(listen, this, args);
};

/**
 * vite-node runs the app again in the same process: a server that is not closed would still have the port, and
 * mongoose would refuse to define a model twice.
 */
const closeBeforeReload = {
  name: 'close-before-reload',
  handleHotUpdate() {
    for (const server of servers) server.close();
    servers.clear();
    if (usesMongoose) require('mongoose').deleteModel(/./);
  },
};

/** vite-node watches and reloads what is imported, not what is required: requires of the app's own files become imports. */
const importRequires = {
  name: 'import-requires',
  enforce: 'pre',
  transform(code, id) {
    if (id.includes('node_modules') || !id.endsWith('.js')) return undefined;
    if (!/\brequire\(|\bmodule\.exports\b/.test(code)) return undefined;
    const imports = [];
    const body = code.replace(/\brequire\(('\.[^']+')\)/g, (_, name) => {
      imports.push(`import required${imports.length} from ${name};`);
      return `required${imports.length - 1}`;
    });
    const module = 'const module = { exports: {} };';
    return `${imports.join(' ')} ${module} ${body}\nexport default module.exports;`;
  },
};

module.exports = { logLevel: 'error', plugins: [closeBeforeReload, importRequires] };
