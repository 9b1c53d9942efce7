/** How this process was when it began, our own variables removed. */
export interface Start {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's own NODE_OPTIONS. */
  readonly options: string;
  /** Programs that run others change what Node tells of them (ts-node); the next process begins with these again. */
  readonly main: string | undefined;
  readonly flags: readonly string[];
}

export function takeStart(): Start {
  return {
    env: { ...process.env },
    options: process.env['NODE_OPTIONS'] ?? '',
    main: process.argv[1],
    flags: [...process.execArgv],
  };
}
