/** How this process was when it began, our own variables removed. */
export interface Start {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's own NODE_OPTIONS. */
  readonly options: string;
}

export function takeStart(): Start {
  return { env: { ...process.env }, options: process.env['NODE_OPTIONS'] ?? '' };
}
