/** Features of the frozen backbone, for a list of images with one or more views each. */
export interface FeatureStore {
  /** Images. */
  readonly count: number;
  /** Numbers per image and view. */
  readonly width: number;
  readonly views: number;
  /** True when everything is held in memory, false when rows are read from disk. */
  readonly inMemory: boolean;
  /**
   * Copies the features of images `rows` [B] in one view into `out` [B, width]. Not to be called again with the same
   * `out` before it is done.
   */
  gather(rows: Int32Array, view: number, out: Float32Array): void | Promise<void>;
  close(): Promise<void>;
}
