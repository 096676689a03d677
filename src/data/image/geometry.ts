import { type Box, type RgbImage, resizeBicubic } from './resize.ts';

/** torchvision's Resize(size): the shorter side becomes `size`, the longer is scaled and rounded down. */
function shorterSideSize(width: number, height: number, size: number): [width: number, height: number] {
  const long = Math.trunc((size * Math.max(width, height)) / Math.min(width, height));
  return width <= height ? [size, long] : [long, size];
}

/** Where torchvision's CenterCrop(size) starts along a side that is not shorter than `size`; ties go to even. */
function centreOffset(length: number, size: number): number {
  const twice = length - size;
  return twice % 2 === 0 ? twice / 2 : (twice - 1) / 2 + (((twice - 1) / 2) % 2 === 0 ? 0 : 1);
}

/** Resize of the shorter side to `size` (bicubic, antialiased), then the central square: [size, size, 3] bytes. */
export function resizeAndCentreCrop(image: RgbImage, size: number): Uint8Array {
  const [width, height] = shorterSideSize(image.width, image.height, size);
  const crop: Box = {
    x: centreOffset(width, size),
    y: centreOffset(height, size),
    width: size,
    height: size,
  };
  return resizeBicubic(image.data, image.width, image.height, width, height, crop);
}

/** A copy of a rectangle. */
export function cropImage(image: RgbImage, box: Box): RgbImage {
  const data = new Uint8Array(box.width * box.height * 3);
  for (let y = 0; y < box.height; y++) {
    const start = ((box.y + y) * image.width + box.x) * 3;
    data.set(image.data.subarray(start, start + box.width * 3), y * box.width * 3);
  }
  return { data, width: box.width, height: box.height };
}
