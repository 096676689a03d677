/** Arithmetic mean, summed in float64. */
export function mean(values: Float32Array): number {
  let sum = 0;
  for (const v of values) sum += v;
  return sum / values.length;
}

/** Standard deviation with n - 1 in the denominator; needs at least two values. */
export function sampleDeviation(values: Float32Array): number {
  const centre = mean(values);
  let sum = 0;
  for (const v of values) sum += (v - centre) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}
