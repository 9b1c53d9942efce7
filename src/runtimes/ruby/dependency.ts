/** Files of gems and of Ruby itself: not the user's code. */
export function isDependency(file: string): boolean {
  return /[\\/](?:gems|lib[\\/]ruby|rubygems-integration)[\\/]/.test(file);
}
