/** Files of packages and of Python itself: not the user's code. */
export function isDependency(file: string): boolean {
  return /[\\/](?:(?:site|dist)-packages|__pycache__|lib(?:64)?[\\/]python\d[\d.]*t?)[\\/]/.test(file);
}
