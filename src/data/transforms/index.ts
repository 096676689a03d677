import type { Rng } from '../../common/rng.ts';
import type { RgbImage } from '../image/resize.ts';
import { jitterColours } from './colour-jitter.ts';
import { flipHorizontally } from './flip.ts';
import { inference } from './inference.ts';
import { openaiClip } from './openai-clip.ts';
import { type CropRange, randomResizedCrop } from './random-resized-crop.ts';
import type { Transform, TransformName } from './transform.ts';

export { TRANSFORM_NAMES, type Transform, type TransformName } from './transform.ts';

/** Almost the whole image, square. */
const MILD_CROP: CropRange = { area: [0.9, 1], ratio: [1, 1] };
const STRONG_CROP: CropRange = { area: [0.08, 1], ratio: [3 / 4, 4 / 3] };
const JITTER = [0.6, 1.4] as const;

const TRANSFORMS: { readonly [N in TransformName]: (size: number) => Transform } = {
  'openai-clip': openaiClip,
  openclip: mildCrop,
  'eva-clip': mildCrop,
  siglip: (size) =>
    random(size, (image, rng) => {
      const pixels = randomResizedCrop(image, size, STRONG_CROP, rng);
      jitterColours(pixels, JITTER, rng);
      return pixels;
    }),
  custom: (size) =>
    random(size, (image, rng) => {
      const pixels = randomResizedCrop(image, size, MILD_CROP, rng);
      if (rng.uniform() < 0.5) flipHorizontally(pixels, size);
      jitterColours(pixels, JITTER, rng);
      return pixels;
    }),
  inference,
};

/** TRANSFORM.name and TRANSFORM.size. */
export function createTransform(name: TransformName, size: number): Transform {
  return TRANSFORMS[name](size);
}

function mildCrop(size: number): Transform {
  return random(size, (image, rng) => randomResizedCrop(image, size, MILD_CROP, rng));
}

function random(size: number, apply: (image: RgbImage, rng: Rng) => Uint8Array): Transform {
  return { size, random: true, apply };
}
