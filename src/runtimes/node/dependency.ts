/** Files of packages, and of git: not the user's code. */
export function isDependency(file: string): boolean {
  return /[\\/](?:node_modules|\.git)[\\/]/.test(file);
}
