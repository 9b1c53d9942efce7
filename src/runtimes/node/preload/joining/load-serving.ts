/**
 * Loads the preload's second file. HTTP/2, TLS and what else a server needs would double the start of every Node
 * process that is none.
 */
import { loadBeside } from '../engine/load-beside.ts';

type Serving = typeof import('./serving.ts');

export function loadServing(): Serving {
  return loadBeside('serving.js') as Serving;
}
