/** Rows that break the promise, and why that is not to be had. Two at most: the promise is the product. */
export const exceptions: Readonly<Record<string, string>> = {
  'json-server-0':
    'with --watch it reads its file before it has written what it holds, takes the difference for a change, and cuts all connections: three POSTs at once do that without Hot Swap, too (28 of 880 requests), and those that wait for a swap arrive at once',
};

if (Object.keys(exceptions).length > 2)
  throw new Error('more than two exceptions are not the promise any more');
