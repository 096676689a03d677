/**
 * Exponential moving average with bias correction (Adam, arXiv 1412.6980, section 3): the first points are means of
 * what was seen instead of being drawn towards zero.
 *
 * @param weight of the past, 0 (no smoothing) .. below 1
 * @returns as many values; entries that are no finite number are passed over and come out as NaN
 */
export function smooth(values: ArrayLike<number>, weight: number): Float64Array {
  const out = new Float64Array(values.length);
  let mean = 0;
  let correction = 1; // weight ** (number of values seen)
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === undefined || value === null || !Number.isFinite(value)) {
      out[i] = Number.NaN;
      continue;
    }
    mean = weight * mean + (1 - weight) * value;
    correction *= weight;
    out[i] = mean / (1 - correction);
  }
  return out;
}
