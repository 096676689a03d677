/** Images by number: all that looking at files, extraction and scoring need of a data set. */
export interface ImageList {
  /** Data root, absolute. */
  readonly root: string;
  readonly length: number;
  /** Path, relative to the root or absolute. */
  image(index: number): string;
  /** The same of images `from` to before `to`, where that is faster together. */
  paths?(from: number, to: number): string[];
}
