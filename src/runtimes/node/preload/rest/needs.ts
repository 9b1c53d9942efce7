/** What a module that does nothing to others looks at while it is evaluated: it is the same for as long as that is. */

export interface Needs {
  /** Of what is required: keys from its exports on. */
  readonly reads: readonly { readonly request: string; readonly path: readonly string[] }[];
  /** Of what is required: all its keys, and their values if somebody copies them. */
  readonly wholes: ReadonlyMap<string, 'keys' | 'values'>;
  /** Variables of the environment. */
  readonly variables: ReadonlySet<string>;
  /** Of the language: `Object.freeze`. */
  readonly globals: ReadonlySet<string>;
}

export class Looks implements Needs {
  readonly wholes = new Map<string, 'keys' | 'values'>();
  readonly variables = new Set<string>();
  readonly globals = new Set<string>();
  private readonly paths = new Map<string, { readonly request: string; readonly path: readonly string[] }>();

  get reads(): Needs['reads'] {
    return [...this.paths.values()];
  }

  read(request: string, path: readonly string[]): void {
    this.paths.set(JSON.stringify([request, ...path]), { request, path });
  }

  whole(request: string, what: 'keys' | 'values'): void {
    if (this.wholes.get(request) !== 'values') this.wholes.set(request, what);
  }
}
