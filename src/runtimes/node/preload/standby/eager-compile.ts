/**
 * V8 compiles a function when it is first called: what nobody calls costs nothing. A standby has time to compile all
 * of it, and the first calls come when somebody waits for the app. These are flags of V8 that leave nothing which an
 * app could see, and that Node lets be changed at any time (`v8.setFlagsFromString`).
 */

/** Returns what compiles as usual from then on. */
export function compileEagerly(): () => void {
  // Half a millisecond that only a standby has to spend.
  const { setFlagsFromString } = require('node:v8') as typeof import('node:v8');
  setFlagsFromString('--no-lazy');
  setFlagsFromString('--no-flush-bytecode'); // of functions that nobody has called so far
  return () => {
    setFlagsFromString('--lazy');
    setFlagsFromString('--flush-bytecode');
  };
}
