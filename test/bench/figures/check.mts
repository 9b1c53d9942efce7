/** A promise, and what was found. */
export interface Check {
  name: string;
  found: string;
  target: string;
  ok: boolean;
}

export function check(name: string, found: string | number, target: string, ok: boolean): Check {
  return { name, found: String(found), target, ok };
}
