/** Puts a program `kaggle` into a folder, which answers like Kaggle's official command line. */
export function installFakeKaggle(folder: string): {
  readonly program: string;
  /** Folder that it remembers in. */
  readonly memory: string;
  /** Arguments of each call so far. */
  readonly calls: () => string[][];
};
