export type Rgb = readonly [number, number, number];

/**
 * Makes the network's input of 8-bit pixels: value / 255, minus mean, divided by std, in single precision as torch
 * computes it.
 */
export class Normaliser {
  /** [3, 256] */
  private readonly table: Float32Array;

  constructor(mean: Rgb, std: Rgb) {
    this.table = Float32Array.from({ length: 768 }, (_, i) => {
      const channel = i >> 8;
      const unit = Math.fround((i & 255) / 255);
      return Math.fround(unit - Math.fround(mean[channel]!)) / Math.fround(std[channel]!);
    });
  }

  /** pixels [n, 3] -> out [3, n] */
  pack(pixels: Uint8Array, out: Float32Array): void {
    const { table } = this;
    const n = pixels.length / 3;
    for (let i = 0, p = 0; i < n; i++, p += 3) {
      out[i] = table[pixels[p]!]!;
      out[n + i] = table[256 + pixels[p + 1]!]!;
      out[2 * n + i] = table[512 + pixels[p + 2]!]!;
    }
  }
}
