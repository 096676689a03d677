import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isSystemError } from '../../common/errors.ts';

/** The Kaggle notebook of a package. */
export interface PackagedNotebook {
  readonly file: string;
  /** Of the package. */
  readonly name: string;
  /** Folder that holds it, for `kaggle kernels push`. */
  readonly kernelDir: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

const NOTEBOOK = /^submission-(.+)\.ipynb$/;

/**
 * Notebooks of packages, newest first.
 * @param folders runs, folders of zero-shot models, or folders of packages
 */
export function findNotebooks(folders: readonly string[]): PackagedNotebook[] {
  const places = folders.flatMap((folder) => [folder, ...below(folder), ...below(join(folder, 'packages'))]);
  const found = [...new Set(places)].flatMap((kernelDir) =>
    entries(kernelDir).flatMap(({ name: file }) => {
      const name = NOTEBOOK.exec(basename(file))?.[1];
      if (name === undefined) return [];
      const path = join(kernelDir, file);
      return [{ file: path, name, kernelDir, modified: statSync(path).mtimeMs }];
    }),
  );
  return found.sort((a, b) => b.modified - a.modified);
}

function below(folder: string): string[] {
  return entries(folder)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return [];
    throw error;
  }
}
