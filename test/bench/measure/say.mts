/** Progress, apart from the report. */
export function say(what: string): void {
  console.error(`${new Date().toTimeString().slice(0, 8)} ${what}`);
}
