// Loaded into a supervisor whose memory is to be measured (NODE_OPTIONS): on SIGUSR2 it throws its garbage away, and
// then makes the file that HOT_SWAP_TEST_COLLECTED names. What is left is what the supervisor holds on to.
const { writeFileSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

if (process.argv[1]?.endsWith('supervisor.js')) {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  process.on('SIGUSR2', () => {
    gc();
    gc(); // the second finds what the first one's finalizers let go of
    writeFileSync(process.env.HOT_SWAP_TEST_COLLECTED, '');
  });
}
