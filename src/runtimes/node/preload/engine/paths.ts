/**
 * `node:path` as it was before the app: what an app makes of these functions is neither to be seen in what we do, nor to
 * see it. (A bundled import would ask the module at each call.)
 */
import path from 'node:path';

export const { basename, dirname, extname, join, relative, resolve, sep } = path;
