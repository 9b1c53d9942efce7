const mongoose = require('mongoose');

// No database is connected here: the model only checks and shapes what it is given.
const schema = new mongoose.Schema({
  id: { type: String, required: true },
  name: { type: String, required: true, trim: true },
  email: { type: String, required: true, lowercase: true },
});

module.exports = mongoose.model('User', schema);
