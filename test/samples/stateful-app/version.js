const VERSION = 'v1';

module.exports = { VERSION };
