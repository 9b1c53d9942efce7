/** Every package of npm that a row names, and the version it is tried in. What these need, npm chooses. */
export const versions = {
  'express-generator': '4.16.1',
  'json-server': '0.17.4',
  pnpm: '12.21.0',
  yarn: '1.22.22',
} as const satisfies Readonly<Record<string, string>>;

/** `name@version`; a name may carry a suffix of its own, `json-server#1`, where two versions are tried. */
export function pinned(name: string): string {
  const version = (versions as Readonly<Record<string, string>>)[name];
  if (version === undefined) throw new Error(`no version of ${name} in versions.mts`);
  return `${name.replace(/#.*/, '')}@${version}`;
}
