const express = require('express');
const { setTimeout: sleep } = require('node:timers/promises');

const { VERSION } = require('../version');

const router = express.Router();

// A request that takes its time: GET /slow?ms=500
router.get('/slow', async (req, res) => {
  await sleep(Math.min(Number(req.query.ms) || 1000, 60_000));
  res.type('text').send(`slow ${VERSION}\n`);
});

// A response that takes two seconds to write: twenty pieces, then a last line.
router.get('/stream', async (req, res) => {
  res.type('text').write(`stream of ${VERSION}\n`);
  for (let piece = 1; piece <= 20; piece++) {
    await sleep(100);
    res.write(`piece ${piece}\n`);
    res.flush(); // compression would keep it back
  }
  res.end('end of stream\n');
});

// Server-sent events; public/live.js listens to them.
router.get('/events', (req, res) => {
  res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  const send = () => {
    res.write(`data: ${JSON.stringify({ version: VERSION, pid: process.pid })}\n\n`);
    res.flush();
  };
  send();
  const timer = setInterval(send, 1000);
  res.on('close', () => clearInterval(timer));
});

module.exports = router;
