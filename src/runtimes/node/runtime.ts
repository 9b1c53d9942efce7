/** Node: an unmodified server takes part by a preload in NODE_OPTIONS (preload/main.ts). */
import { checkSyntax } from './check-syntax.ts';
import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Runtime } from '../runtime.ts';
import { environment, filesNamedIn } from './configuration.ts';
import { isDependency } from './dependency.ts';
import { failedListen, locateError } from './error-location.ts';
import { nodeOptionsWith, standbyModule, standbyModuleOf } from './node-options.ts';
import type { NodeStandby } from './own-words.ts';
import { compiler, findRefused } from './reload/refused.ts';
import { NodePlanner } from './planner.ts';

const preload = 'preload.js';
const bundles = [preload, 'serving.js', 'rest.js', compiler];

/** Programs that run a server written by hand. `next dev`, `vite` and the like replace modules by themselves. */
const programs = new Set('node tsx ts-node ts-node-esm babel-node swc-node esno nest fastify'.split(' '));

const code = /\.(?:[cm]?[jt]sx?|json|node|env)$/;
const esModule = /\.m[jt]s$/;

export const node: Runtime = {
  name: 'node',
  participation: 'adapter',
  showsPast: true,
  promise: 'Node preload',
  sources: {
    isDependency,
    // Others that a server looks for it tells of; `.env.example` nobody does.
    conventional: [...environment, 'package.json', 'tsconfig.json'],
    namedIn: filesNamedIn,
    isCode: (file) => code.test(file),
    mayGoUnreported: (file) => esModule.test(file),
  },
  errors: {
    locate: locateError,
    check: checkSyntax,
    refused: findRefused,
    failedListen,
    notReadyAdvice: 'Is it a Node server, and does its start script leave NODE_OPTIONS as it is?',
    uninvited: {
      missing: "Hot Swap's preload",
      advice:
        'Does its start script replace NODE_OPTIONS, or is it no Node server? Extend NODE_OPTIONS instead of setting it.',
    },
    notHandedOver: {
      missing: 'a listener that can be handed over',
      advice: 'It listens in a worker thread, or on a descriptor that it brings itself.',
    },
  },
  planner: () => new NodePlanner(),
  recognises: (program) => programs.has(program),
  install: (bundle, folder) => {
    for (const file of bundles) copyFileSync(path.join(bundle, file), path.join(folder, file));
    writeFileSync(standbyModuleOf(path.join(folder, preload)), standbyModule);
  },
  equip: (env, folder, standby) => ({
    ...env,
    NODE_OPTIONS: nodeOptionsWith(
      env['NODE_OPTIONS'] ?? '',
      path.join(folder, preload),
      (standby as NodeStandby | undefined)?.by === 'import',
    ),
  }),
};
