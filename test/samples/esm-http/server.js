import { createServer } from 'node:http';
import { answer } from './answer.js';

const port = Number(process.env.PORT) || 3000;

const server = createServer((req, res) => {
  res.setHeader('Content-Type', 'text/plain');
  res.end(answer(req.url));
});

server.listen(port, () => console.log(`listening on http://localhost:${port}`));
