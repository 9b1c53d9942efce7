/** Tiny servers for tests, as users would write them. */

/** Answers its version, and what tests ask for; `version` is what edits change. */
export const plain = (version: string): string => `
const http = require('node:http');
const server = http.createServer((req, res) => {
  if (req.url === '/slow') {
    console.log('${version} begins');
    return setTimeout(() => res.end('${version} slow'), 500);
  }
  res.end('${version}');
});
server.listen(process.env.PORT, () => console.log('${version} listens'));
`;
