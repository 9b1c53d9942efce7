/**
 * What Node's own modules are built on. What they take from it can be met there without loading them, which a
 * process that never uses them would pay for.
 */

export type Binding = Record<string, unknown>;

/** `process.binding`; undefined where it is refused, by `--permission`. */
export function bindingOf(name: string): Binding | undefined {
  const { binding } = process as unknown as { binding(name: string): Binding };
  const warned = process.noDeprecation;
  // `node --pending-deprecation` would blame the user's server for this; `--no-deprecation` makes it read-only.
  if (warned !== true) process.noDeprecation = true;
  try {
    return binding.call(process, name);
  } catch {
    return undefined;
  } finally {
    if (warned === undefined) delete process.noDeprecation;
    else if (!warned) process.noDeprecation = warned;
  }
}

/** A built-in module, or one of Node's inner ones. */
export function isLoaded(builtin: string): boolean {
  const { moduleLoadList } = process as unknown as { readonly moduleLoadList: readonly string[] };
  return moduleLoadList.includes(`NativeModule ${builtin}`);
}
