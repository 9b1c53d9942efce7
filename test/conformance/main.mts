/** `npm run conformance -- COMMAND`: what of the protocol a server's adapter does not keep. */
import { conformance } from './conformance.mts';

const command = process.argv.slice(2);
if (command.length === 0 || command[0]?.startsWith('-') === true) {
  console.log(`Usage: npm run conformance -- COMMAND

Starts COMMAND, which is to listen on the port in PORT and to answer GET /, as generations of a server, and says in
words what its adapter does not do as src/runtimes/protocol/README.md asks. Exit code 1 if there is anything.`);
  process.exit(command.length === 0 ? 2 : 0);
}

let failed = 0;
for (const result of conformance(command)) {
  const { name, fails, untried } = await result;
  const note = untried === undefined ? '' : ` (in part: ${untried})`;
  console.log(fails === undefined ? `✓ ${name}${note}` : `✗ ${name}: ${fails}`);
  if (fails !== undefined) failed += 1;
}
console.log(failed === 0 ? 'It keeps the protocol.' : `${String(failed)} of the cases fail.`);
process.exitCode = failed === 0 ? 0 : 1;
