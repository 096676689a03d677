/** What a packaged model does with raw pixels before its backbone, beside the resize. */
export interface Preprocessing {
  /** Side of the backbone's square input, pixels. */
  readonly imageSize: number;
  /** Per channel, on the scale 0..1. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}
