// Change this to 'v2' and save: that is a deployment.
const VERSION = 'v1';

module.exports = { VERSION };
