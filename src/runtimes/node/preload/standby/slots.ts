/**
 * Properties that packages have replaced while they were loaded ahead: taken back until the app loads who did it. Where
 * several have replaced one, each wraps what the one before has left.
 */
import type { Hide } from './deferred.ts';

/** Undefined: there was no such property. */
type State = PropertyDescriptor | undefined;

export class Slots {
  private readonly states = new Map<object, Map<PropertyKey, State[]>>();

  /** `object[key]` was as `before` says, and is another now. Undefined if that can't be taken back. */
  replaced(object: object, key: PropertyKey, before: State): Hide | undefined {
    const now = Object.getOwnPropertyDescriptor(object, key);
    if (now?.configurable !== true || before?.configurable === false) return undefined;
    const states = this.statesOf(object, key, before);
    const turn = states.push(now) - 1;
    return () => {
      restore(object, key, states[turn - 1]);
      return () => {
        const at = states.findLastIndex((state) => isAt(object, key, state));
        // Not if a later one is there already, or the app has made it its own.
        if (at >= 0 && at < turn) restore(object, key, now);
      };
    };
  }

  /** Everything is taken back: what is there now is what there was before. */
  begin(): void {
    for (const [object, slots] of this.states) {
      for (const [key, states] of slots) states[0] = Object.getOwnPropertyDescriptor(object, key);
    }
  }

  private statesOf(object: object, key: PropertyKey, before: State): State[] {
    const slots = this.states.get(object) ?? new Map<PropertyKey, State[]>();
    this.states.set(object, slots);
    const states = slots.get(key) ?? [before];
    slots.set(key, states);
    return states;
  }
}

function isAt(object: object, key: PropertyKey, state: State): boolean {
  const now = Object.getOwnPropertyDescriptor(object, key);
  if (now === undefined || state === undefined) return now === state;
  return Object.is(now.value, state.value) && now.get === state.get;
}

function restore(object: object, key: PropertyKey, state: State): void {
  if (state === undefined) Reflect.deleteProperty(object, key);
  else Object.defineProperty(object, key, state);
}

/** A name that was not there before, with what it has become by the time that it is hidden. */
export function hideName(object: object, key: PropertyKey): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  if (descriptor?.configurable !== true) return () => undefined;
  Reflect.deleteProperty(object, key);
  return () => {
    if (!Object.hasOwn(object, key)) Object.defineProperty(object, key, descriptor);
  };
}
