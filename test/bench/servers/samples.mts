import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../../', import.meta.url));
export const inRepository = (file: string): string => path.join(repository, file);

/** An app of test/samples, and the file that holds its VERSION constant. */
export interface Sample {
  /** What `--only` and the tables call it. */
  name: string;
  title: string;
  folder: string;
  entry: string;
  file: string;
}

export const samples: Sample[] = [
  { name: 'bare', title: 'bare node:http', folder: 'bare-http', entry: 'server.js', file: 'server.js' },
  {
    name: 'express',
    title: 'Express, 17 dependencies',
    folder: 'express-app',
    entry: 'server.js',
    file: 'version.js',
  },
  {
    name: 'fastify',
    title: 'Fastify in TypeScript',
    folder: 'fastify-ts',
    entry: 'src/server.ts',
    file: 'src/version.ts',
  },
];

export const expressApp = samples[1]!;

/** Not an app that is raced: it shows what a tool leaves behind. */
export const leftovers: Sample = {
  name: 'leftovers',
  title: 'an app with a timer, a counter, a listener and a connection',
  folder: 'stateful-app',
  entry: 'server.js',
  file: 'version.js',
};

export function isTypeScript(sample: Sample): boolean {
  return sample.entry.endsWith('.ts');
}
