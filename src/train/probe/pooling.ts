/**
 * Adaptive average pooling of a vector of `width` numbers to `dim` bins: bin i covers floor(i*W/D) .. ceil((i+1)*W/D).
 * As a matrix, so that pooling is a multiplication on any engine. [width, dim]
 */
export function poolingMatrix(width: number, dim: number): Float32Array {
  const matrix = new Float32Array(width * dim);
  for (let bin = 0; bin < dim; bin++) {
    const from = Math.floor((bin * width) / dim);
    const to = Math.ceil(((bin + 1) * width) / dim);
    for (let j = from; j < to; j++) matrix[j * dim + bin] = 1 / (to - from);
  }
  return matrix;
}
