/** Which input pixels make an output pixel, along one axis. */
export interface Coefficients<W extends Float64Array | Int32Array> {
  /** [outputs] first input pixel. */
  readonly first: Int32Array;
  /** [outputs] number of input pixels. */
  readonly count: Int32Array;
  /** [outputs, taps] weights; beyond `count` unused. */
  readonly weights: W;
  readonly taps: number;
}

/** Keys' cubic convolution kernel with a = -0.5 (IEEE ASSP 29, 1981), as Pillow and torch's antialiased resize use. */
function cubic(x: number): number {
  const a = -0.5;
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return (((t - 5) * t + 8) * t - 4) * a;
  return 0;
}

/** Normalised weights of the antialiased bicubic resize: the kernel is widened by the scale when shrinking. */
export function bicubicCoefficients(input: number, output: number): Coefficients<Float64Array> {
  const scale = input / output;
  const filterScale = Math.max(scale, 1);
  const support = 2 * filterScale;
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(output);
  const count = new Int32Array(output);
  const weights = new Float64Array(output * taps);
  for (let i = 0; i < output; i++) {
    const centre = (i + 0.5) * scale;
    const low = Math.max(0, Math.trunc(centre - support + 0.5));
    const n = Math.min(input, Math.trunc(centre + support + 0.5)) - low;
    let sum = 0;
    for (let k = 0; k < n; k++) {
      const w = cubic((k + low - centre + 0.5) * (1 / filterScale));
      weights[i * taps + k] = w;
      sum += w;
    }
    for (let k = 0; k < n; k++) weights[i * taps + k]! /= sum;
    first[i] = low;
    count[i] = n;
  }
  return { first, count, weights, taps };
}

/** The same as integers with `bits` fraction bits, rounded half away from zero as Pillow does. */
export function fixedCoefficients(input: number, output: number, bits: number): Coefficients<Int32Array> {
  const key = `${input} ${output} ${bits}`;
  const known = cache.get(key);
  if (known) return known;
  const exact = bicubicCoefficients(input, output);
  const weights = Int32Array.from(exact.weights, (w) => Math.trunc((w < 0 ? -0.5 : 0.5) + w * 2 ** bits));
  const made = { ...exact, weights };
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(key, made);
  return made;
}

/** Photographs come in few sizes, so the tables are worth keeping; a few hundred are some MB. */
const CACHE_LIMIT = 256;
const cache = new Map<string, Coefficients<Int32Array>>();
