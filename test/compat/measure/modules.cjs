// Preloaded in a boot that nobody measures: writes down how many files of code this process has loaded. Node itself
// tells them, to a parent that wants to watch them (WATCH_REPORT_DEPENDENCIES); here that is the process itself.
'use strict';
const fs = require('node:fs');
const { isMainThread } = require('node:worker_threads');

const folder = process.env.COMPAT_MODULES;
if (isMainThread && folder) {
  const files = new Set();
  const { send } = process;
  let written = 0;
  const told = (message, ...more) => {
    const loaded = message?.['watch:require'] ?? message?.['watch:import'];
    if (loaded === undefined) return send?.call(process, message, ...more) ?? true;
    for (const file of loaded) files.add(file);
    return true;
  };
  Object.defineProperty(process, 'send', { value: told, configurable: true, writable: true });
  setInterval(() => {
    if (files.size === written) return;
    written = files.size;
    fs.writeFileSync(`${folder}/${process.pid}`, String(written));
  }, 200).unref();
}
