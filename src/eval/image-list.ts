/** Images by number. */
export interface ImageList {
  /** Data root, absolute. */
  readonly root: string;
  readonly length: number;
  /** Path relative to the root. */
  image(index: number): string;
}
