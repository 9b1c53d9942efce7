const VERSION = 'v1';

export function answer(url) {
  return `Hello from ${VERSION}, you asked for ${url}\n`;
}
