import type { Box } from './resize.ts';

/** What libvips does not tell about a GIF's first frame: its place, its colours and which of them is transparent. */
export interface GifPalette {
  /** RGB triples. */
  readonly palette: Uint8Array;
  readonly transparent: number | null;
  /** The frame may be smaller than the image. */
  readonly frame: Box;
}

const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
const IMAGE = 0x2c;

/** Reads the blocks up to the first frame (GIF89a specification, sections 18-23). */
export function readGifPalette(file: Uint8Array): GifPalette {
  const byte = (i: number) => file[i] ?? fail();
  let global: Uint8Array = new Uint8Array(0);
  let at = 13;
  if (byte(10) & 0x80) {
    global = file.subarray(at, at + colourTableBytes(byte(10)));
    at += global.length;
  }
  let transparent: number | null = null;
  while (byte(at) === EXTENSION) {
    if (byte(at + 1) === GRAPHIC_CONTROL) transparent = byte(at + 3) & 1 ? byte(at + 6) : null;
    at += 2;
    while (byte(at) !== 0) at += byte(at) + 1;
    at++;
  }
  if (byte(at) !== IMAGE) fail();
  const flags = byte(at + 9);
  const palette = flags & 0x80 ? file.subarray(at + 10, at + 10 + colourTableBytes(flags)) : global;
  const word = (i: number) => byte(i) + 256 * byte(i + 1);
  const frame = { x: word(at + 1), y: word(at + 3), width: word(at + 5), height: word(at + 7) };
  return { palette, transparent, frame };
}

function colourTableBytes(flags: number): number {
  return 3 * 2 ** ((flags & 7) + 1);
}

function fail(): never {
  throw new Error('the GIF ends before its first frame');
}
