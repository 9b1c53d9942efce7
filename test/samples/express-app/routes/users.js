const express = require('express');
const jwt = require('jsonwebtoken');
const _ = require('lodash');
const { v4: uuid } = require('uuid');
const { z } = require('zod');

const config = require('../lib/config');
const { lastSeen } = require('../lib/upstream');
const User = require('../lib/userModel');

const router = express.Router();
const newUser = z.object({ name: z.string().min(1), email: z.string().includes('@') });
const users = new Map();

keep(new User({ id: uuid(), name: 'Ada', email: 'ada@example.com' }));
keep(new User({ id: uuid(), name: 'Grace', email: 'grace@example.com' }));

router.get('/', (req, res) => {
  res.json(_.sortBy([...users.values()], 'name'));
});

router.get('/:id', async (req, res) => {
  const user = users.get(req.params.id);
  if (!user) return res.status(404).json({ error: 'no such user' });
  res.json({ ...user, lastSeen: await lastSeen(user.id) });
});

router.post('/', async (req, res) => {
  const wanted = newUser.safeParse(req.body);
  if (!wanted.success) return res.status(400).json({ error: wanted.error.issues });
  const user = new User({ id: uuid(), ...wanted.data });
  await user.validate();
  res.status(201).json(keep(user));
});

router.post('/:id/login', (req, res) => {
  const user = users.get(req.params.id);
  if (!user) return res.status(404).json({ error: 'no such user' });
  req.session.user = user.id;
  res.json({ token: jwt.sign({ sub: user.id }, config.secret, { expiresIn: '1h' }) });
});

function keep(user) {
  const plain = _.pick(user, ['id', 'name', 'email']);
  users.set(plain.id, plain);
  return plain;
}

module.exports = router;
