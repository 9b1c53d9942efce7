/** Apps of as many modules as one wants: entry → app → routes → services → models → utils, about 60 lines each. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** How the modules are written, and how they are run. */
export type Kind = 'commonjs' | 'esm' | 'tsx-commonjs' | 'tsx-esm';

export interface GeneratedApp {
  readonly command: readonly string[];
  /** Modules to be saved, relative to the folder: each is loaded by the app, the first ones first. */
  readonly saved: { readonly early: string; readonly middle: string; readonly late: string };
}

/** Of all modules, so many of a hundred. */
const shares = { route: 20, service: 30, model: 25 };
const layers = ['route', 'service', 'model', 'util'] as const;
type Layer = (typeof layers)[number];

/** Writes an app of `count` modules that answers each GET with `<version>` and the sum of what its routes say. */
export function generate(folder: string, count: number, kind: Kind): GeneratedApp {
  const rest = count - 2;
  const numbers = {
    route: Math.max(1, Math.round((rest * shares.route) / 100)),
    service: Math.max(1, Math.round((rest * shares.service) / 100)),
    model: Math.max(1, Math.round((rest * shares.model) / 100)),
    util: 0,
  };
  numbers.util = Math.max(1, rest - numbers.route - numbers.service - numbers.model);
  const style = { typed: kind.startsWith('tsx-'), esm: kind.endsWith('esm') };
  const { typed, esm } = style;
  const extension = typed ? 'ts' : 'js';
  const write = (file: string, text: string): void => {
    const at = path.join(folder, `${file}.${extension}`);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, text);
  };
  for (const [depth, layer] of layers.entries()) {
    const below = layers[depth + 1];
    for (let i = 0; i < numbers[layer]; i += 1)
      write(
        `${layer}s/${layer}${i}`,
        moduleText(layer, i, below, below === undefined ? 0 : numbers[below], numbers[layer], style),
      );
  }
  const routes = Array.from({ length: numbers.route }, (_, i) => i);
  const load = (name: string, from: string): string => loading(name, from, style);
  write(
    'app',
    [
      ...routes.map((i) => load(`route${i}`, `./routes/route${i}`)),
      `const routes = [${routes.map((i) => `route${i}`).join(', ')}];`,
      `const answer = () => Math.max(...routes.map((route) => route.version)) + ' ' + routes.reduce((sum, route) => sum + route.handle(1), 0);`,
      typed || esm ? 'export { answer };' : 'module.exports = { answer };',
    ].join('\n'),
  );
  write(
    'server',
    [
      load('http', 'node:http'),
      load('app', './app'),
      `http.createServer((request${typed ? ': unknown' : ''}, response${typed ? ': any' : ''}) => response.end(app.answer())).listen(Number(process.env.PORT));`,
    ].join('\n'),
  );
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'generated', private: true, ...(esm ? { type: 'module' } : {}) }),
  );
  const at = (share: number): string => `routes/route${Math.floor((numbers.route - 1) * share)}.${extension}`;
  return {
    command: typed ? ['tsx', 'server.ts'] : ['node', 'server.js'],
    saved: { early: at(0), middle: at(0.5), late: at(1) },
  };
}

/** The text with which a saved module makes the app answer with that version. */
export function withVersion(text: string, version: number): string {
  return text.replace(/version = \d+/, `version = ${version}`);
}

interface Style {
  readonly typed: boolean;
  readonly esm: boolean;
}

/** ES modules name a file whole, and TypeScript names it as it will be compiled. */
function loading(name: string, from: string, { typed, esm }: Style): string {
  if (!typed && !esm) return `const ${name} = require('${from}');`;
  const isOwn = from.startsWith('.');
  return `import * as ${name} from '${from}${esm && isOwn ? '.js' : ''}';`;
}

function moduleText(
  layer: Layer,
  index: number,
  below: Layer | undefined,
  belowCount: number,
  ownCount: number,
  style: Style,
): string {
  const { typed, esm } = style;
  // All of the layer below are used by somebody, and some by several.
  const each = below === undefined ? 0 : Math.ceil(belowCount / ownCount) + 1;
  const first = below === undefined ? 0 : Math.floor((index * belowCount) / ownCount);
  const needs = Array.from({ length: each }, (_, i) => (first + i) % belowCount);
  const name = (i: number): string => `${below ?? ''}${i}`;
  const number = typed ? ': number' : '';
  const lines = needs.map((i) => loading(name(i), `../${below ?? ''}s/${name(i)}`, style));
  lines.push(`const version = 1;`, `const table${typed ? ': Map<string, number>' : ''} = new Map();`);
  for (let i = 0; i < 7; i += 1)
    lines.push(
      `function step${i}(value${number})${number} {`,
      `  const key = '${layer}${index}-${i}-' + value;`,
      `  const known = table.get(key);`,
      `  if (known !== undefined) return known;`,
      `  const result = (value * ${i + 3} + ${index}) % 1009;`,
      `  table.set(key, result);`,
      `  return result;`,
      `}`,
    );
  const sum = needs.map((i) => ` + ${name(i)}.handle(value)`).join('');
  lines.push(
    // TypeScript's compilers leave out what is imported and not used.
    `function below() { return [${needs.map((i) => `${name(i)}.handle`).join(', ')}]; }`,
    `function handle(value${number})${number} { return (step0(step1(step2(value)))${layer === 'util' || index % 50 !== 0 ? '' : sum}) % 1009; }`,
    typed || esm
      ? 'export { version, handle, below, step3, step4, step5, step6 };'
      : 'module.exports = { version, handle, below, step3, step4, step5, step6 };',
  );
  return `${lines.join('\n')}\n`;
}
