import type { Rng } from '../../common/rng.ts';
import type { RgbImage } from '../image/resize.ts';

/** Turns a decoded image into a square of pixels. */
export interface Transform {
  readonly size: number;
  /** Whether two applications differ, so that several views of an image make sense. */
  readonly random: boolean;
  /**
   * @param rng drawn from only by random transforms; one for each image and view
   * @returns [size, size, 3] bytes
   */
  apply(image: RgbImage, rng: Rng): Uint8Array;
}

/** Those of TRANSFORM.name, and `inference`: the preprocessing inside the packaged model. */
export const TRANSFORM_NAMES = [
  'openai-clip',
  'openclip',
  'eva-clip',
  'siglip',
  'custom',
  'inference',
] as const;
export type TransformName = (typeof TRANSFORM_NAMES)[number];
