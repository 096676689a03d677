/** Folder of a path of this or another system, for pages that have no node:path. */
export function parentOf(path: string): string {
  return path.replace(/[\\/][^\\/]*$/, '');
}
