import sharp from 'sharp';

/** Pillow's limit for decompression bombs, as in decoding. */
const MAX_PIXELS = 178_956_970;

sharp.cache(false);
sharp.concurrency(1); // images are made side by side instead

/**
 * A small JPEG of an image file, for looking at: at most `side` pixels wide and high, never enlarged. As the model sees
 * it: alpha dropped, EXIF orientation not applied. JPEG files are shrunk while they are decoded, so that a photograph
 * of 12 megapixels takes some tens of milliseconds.
 */
export async function makeThumbnail(file: string, side: number): Promise<Buffer> {
  return sharp(file, { failOn: 'none', limitInputPixels: MAX_PIXELS, pages: 1 })
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .removeAlpha()
    .toColourspace('srgb')
    .jpeg({ quality: 82 })
    .toBuffer();
}
