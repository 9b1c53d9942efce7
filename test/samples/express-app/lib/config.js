const Joi = require('joi');

const schema = Joi.object({
  PORT: Joi.number().port().default(3000),
  GREETING: Joi.string().default('Hello'),
  SECRET: Joi.string().default('only for development'),
}).unknown();

const { value, error } = schema.validate(process.env);
if (error) throw new Error(`bad environment: ${error.message}`);

module.exports = { port: value.PORT, greeting: value.GREETING, secret: value.SECRET };
