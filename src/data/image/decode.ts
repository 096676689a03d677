import { readFile } from 'node:fs/promises';
import sharp, { type OutputInfo, type Sharp } from 'sharp';
import { firstLine, isSystemError, MdfeError } from '../../common/errors.ts';
import { readGifPalette } from './gif-palette.ts';
import type { RgbImage } from './resize.ts';

/** Pillow refuses larger images as decompression bombs; so do we. */
const MAX_PIXELS = 178_956_970;

// Every file is read once: caching decoded images would only cost memory. Parallelism comes from worker threads.
sharp.cache(false);
sharp.concurrency(1);

/**
 * Decodes a file to RGB exactly as Pillow's `Image.open(file).convert('RGB')`: alpha is dropped, not blended; EXIF
 * orientation and colour profiles are not applied; of an animation the first frame is taken; CMYK is converted without
 * a profile; 16-bit grey is clipped, 16-bit colour loses its low byte. Only AVIF differs: Pillow has another decoder.
 *
 * @throws MdfeError `image/missing` or `image/damaged`, with the path
 */
export async function decodeRgb(file: string): Promise<RgbImage> {
  const bytes = await readImageFile(file);
  if (bytes.length === 0) throw damaged(file, 'the file is empty');
  try {
    return await decodeBytes(bytes);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    throw damaged(file, firstLine(error), error);
  }
}

async function decodeBytes(bytes: Uint8Array): Promise<RgbImage> {
  const image = sharp(bytes, { failOn: 'error', ignoreIcc: true, limitInputPixels: MAX_PIXELS, pages: 1 });
  const { space, format } = await image.metadata();
  if (space === 'cmyk') return fromCmyk(await raw(image.pipelineColourspace('cmyk').toColourspace('cmyk')));
  if (space === 'grey16') return fromGrey16(image);
  const decoded = await raw(image);
  if (format === 'gif') fillEmptyGifPixels(decoded, bytes);
  return fromChannels(decoded);
}

interface Raw {
  readonly data: Uint8Array;
  readonly info: OutputInfo;
}

function raw(image: Sharp): Promise<Raw> {
  return image.raw().toBuffer({ resolveWithObject: true });
}

/** Grey or RGB, with or without alpha. */
function fromChannels({ data, info: { width, height, channels } }: Raw): RgbImage {
  if (channels === 3) return { data, width, height };
  const rgb = new Uint8Array(width * height * 3);
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  for (let i = 0, o = 0; o < rgb.length; i += channels, o += 3) {
    rgb[o] = data[i]!;
    rgb[o + 1] = data[i + green]!;
    rgb[o + 2] = data[i + blue]!;
  }
  return { data: rgb, width, height };
}

/** Pillow's cmyk2rgb (libImaging/Convert.c): (255 - K) minus ink * (255 - K) / 255, rounded. */
function fromCmyk({ data, info: { width, height, channels } }: Raw): RgbImage {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0, o = 0; o < rgb.length; i += channels, o += 3) {
    const light = 255 - data[i + 3]!;
    for (let c = 0; c < 3; c++) {
      const product = data[i + c]! * light + 128;
      rgb[o + c] = Math.max(0, light - (((product >> 8) + product) >> 8));
    }
  }
  return { data: rgb, width, height };
}

/** 16-bit grey is clipped to 255, with alpha scaled: Pillow's modes I;16 and RGBA. */
async function fromGrey16(image: Sharp): Promise<RgbImage> {
  const { data, info } = await image
    .toColourspace('grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const grey = new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
  const toByte = channels === 1 ? (v: number) => Math.min(v, 255) : (v: number) => v >> 8;
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) rgb.fill(toByte(grey[i * channels]!), i * 3, i * 3 + 3);
  return { data: rgb, width, height };
}

/** Pixels outside a GIF's first frame and transparent ones have the transparent (or first) colour of the palette. */
function fillEmptyGifPixels({ data, info: { width, channels } }: Raw, file: Uint8Array): void {
  const { palette, transparent, frame } = readGifPalette(file);
  const colour = palette.subarray((transparent ?? 0) * 3, (transparent ?? 0) * 3 + 3);
  for (let i = 0, pixel = 0; i < data.length; i += channels, pixel++) {
    const x = (pixel % width) - frame.x;
    const y = Math.floor(pixel / width) - frame.y;
    const outside = x < 0 || y < 0 || x >= frame.width || y >= frame.height;
    if (outside || (channels === 4 && data[i + 3] === 0)) data.set(colour, i);
  }
}

async function readImageFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR'))
      throw new MdfeError({ code: 'image/missing', what: 'image not found', where: file, cause: error });
    throw damaged(file, firstLine(error), error);
  }
}

function damaged(file: string, reason: string, cause?: unknown): MdfeError {
  return new MdfeError({
    code: 'image/damaged',
    what: `cannot read the image: ${reason}`,
    where: file,
    todo: 'replace the file, or leave bad images out with --skip-bad-images',
    cause,
  });
}
