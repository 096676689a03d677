import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Folder of everything that can be computed again: `--cache-dir`, else MDFE_CACHE, else the system's place for caches
 * (XDG_CACHE_HOME or ~/.cache, %LOCALAPPDATA%, ~/Library/Caches) with `mdfe` below it.
 */
export function cacheFolder(given?: string): string {
  const { MDFE_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const chosen = given || MDFE_CACHE;
  if (chosen) return resolve(chosen);
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, 'mdfe');
  if (process.platform === 'win32')
    return join(LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'mdfe', 'Cache');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'mdfe');
  return join(homedir(), '.cache', 'mdfe');
}
