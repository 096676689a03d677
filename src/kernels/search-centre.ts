/** Rows that the centre is the mean of. */
const SAMPLE = 256;

/**
 * Mean of some rows of an index, in float64; of rows of length 1 for cosines. Distances do not depend on it: it only
 * makes the vectors shorter, and so their quantisation finer. Rows that the search will refuse are left out.
 */
export function sampleCentre(index: Float32Array, dim: number, cosine: boolean): Float64Array {
  const centre = new Float64Array(dim);
  const n = index.length / dim;
  const step = Math.max(1, Math.floor(n / SAMPLE));
  let count = 0;
  for (let i = 0; i < n; i += step) {
    const row = index.subarray(i * dim, (i + 1) * dim);
    let square = 0;
    for (const v of row) square += v * v;
    if (!(square > 0 && square < 1e30)) continue;
    const factor = cosine ? 1 / Math.sqrt(square) : 1;
    for (let d = 0; d < dim; d++) centre[d]! += row[d]! * factor;
    count++;
  }
  return count ? centre.map((v) => v / count) : centre;
}
