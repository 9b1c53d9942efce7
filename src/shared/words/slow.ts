/** What is said of generations that keep others waiting. */

/** Its successor takes long to start. */
export function slowText(serving: number): string {
  return `the new generation takes long to start, so requests that waited go to gen ${String(serving)}`;
}

/** `blocked` does not even stop. */
export function blockedText(blocked: number, next: number): string {
  const gen = `gen ${String(blocked)}`;
  return `${gen} is busy and does nothing else: gen ${String(next)} serves, and what ${gen} has is answered when it goes on.`;
}
