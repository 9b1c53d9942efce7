// The extension host loads this in place of the real suite, so that the shim can tell a suite that passed from
// an extension host that died or left early: VS Code reports exit code 0 for both.
const { writeFileSync } = require('node:fs');

exports.run = async () => {
  let passed = false;
  try {
    await require(process.env.CODE_SHIM_SUITE).run();
    passed = true;
  } finally {
    writeFileSync(process.env.CODE_SHIM_RESULT, JSON.stringify({ passed }));
  }
};
