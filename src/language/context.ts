import type { ConfigContext } from '../config/registries.ts';

/** What the editor knows beyond the file. */
export interface LanguageContext extends ConfigContext {
  /**
   * Entries of a folder that a value names, folders with a slash at the end; empty where there is none.
   * @param from what relative paths count from: the data folder, or the folder that the trainer runs in
   */
  listFolder?(from: 'data' | 'workspace', folder: string): readonly string[];
  /** Absolute path of a file that a value names; undefined where there is none. */
  findFile?(from: 'data' | 'workspace', path: string): string | undefined;
}

/**
 * What an answer covers: `all`, or, beside an editor extension that knows our JSON Schema, only what the schema cannot
 * say (`semantic`).
 */
export type Coverage = 'all' | 'semantic';
