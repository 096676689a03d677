// Stage 4: the embeddings' gradient, summed over the threads, through the normalisation into the neck, with the
// optimizer's step. Each thread owns some columns of the features and computes their lines of the weight.
import { fma, sum, twoRows } from './simd';
import { share } from './embed';
import { climbBytes, keepGradient, step } from './update';
import {
  batch, centres, classes, climb as climbFactor, columns, configure, dim, embedding, embeddingGradient,
  featureGradients, featureGradientStride, features, headSpare, headWeight, inverseNorms, lines, linearNeck, neckFirst,
  neckSecond, neckSpare, neckWeight, squares, thread, threads, tileClasses, tiles, update, Update_store, width,
} from './layout';

export function neck(shared: usize, own: usize): void {
  configure(shared, own);
  const f0 = share(width, 16, thread), f1 = share(width, 16, thread + 1), last = thread + 1 == threads;
  if (f0 == f1 && !last) return;
  sumEmbeddingGradient();
  let total: f64 = 0;
  const line = dim * 4;
  for (let f = f0; f < f1; f += 16) {
    transposeColumns(f);
    for (let i: usize = 0; i < 16; i += 2) {
      weightLines(i);
      total += apply((f + i) * line, line * 2);
    }
  }
  if (last) {
    sumRows();
    total += apply(width * line, line);
  }
  store<f64>(squares, load<f64>(squares) + total);
}

/** The climb of SAM, over this thread's share of all weights. */
export function climb(shared: usize, own: usize): void {
  configure(shared, own);
  const line = dim * 4;
  const c0 = min(share(tiles, 1, thread) * tileClasses, classes) * centres * line;
  const c1 = min(share(tiles, 1, thread + 1) * tileClasses, classes) * centres * line;
  climbBytes(headWeight + c0, headSpare + c0, c1 - c0, climbFactor);
  if (!linearNeck) return;
  const f0 = share(width, 16, thread) * line, f1 = share(width, 16, thread + 1) * line;
  climbBytes(neckWeight + f0, neckSpare + f0, f1 - f0, climbFactor);
  if (thread + 1 == threads) climbBytes(neckWeight + width * line, neckSpare + width * line, line, climbFactor);
}

/** Uses or stores the gradient in `lines`. */
function apply(o: usize, bytes: usize): f64 {
  if (update == Update_store) return keepGradient(neckSpare + o, lines, bytes);
  step(neckWeight + o, neckFirst + o, neckSecond + o, neckSpare + o, lines, bytes);
  return 0;
}

export function sumEmbeddingGradient(): void {
  const line = dim * 4;
  for (let b: usize = 0; b < batch; b++) {
    const e = embedding + b * line, out = embeddingGradient + b * line;
    let product = f32x4.splat(0);
    for (let i: usize = 0; i < line; i += 16) {
      let part = featureGradients + (i >> 7) * (batch * 128) + b * 128 + (i & 127), total = v128.load(part);
      for (let t: usize = 1; t < threads; t++) {
        part += featureGradientStride;
        total = f32x4.add(total, v128.load(part));
      }
      v128.store(out + i, total);
      product = fma(total, v128.load(e + i), product);
    }
    const along = f32x4.splat(sum(product)), inverse = v128.load32_splat(inverseNorms + b * 4);
    for (let i: usize = 0; i < line; i += 16)
      v128.store(
        out + i,
        f32x4.mul(inverse, f32x4.sub(v128.load(out + i), f32x4.mul(along, v128.load(e + i)))),
      );
  }
}

export function transposeColumns(f: usize): void {
  for (let b: usize = 0; b < batch; b++) {
    const x = features + (b * width + f) * 4;
    for (let i: usize = 0; i < 16; i++) store<f32>(columns + (i * batch + b) * 4, load<f32>(x + i * 4));
  }
}

export function weightLines(i: usize): void {
  const line = dim * 4, x = columns + i * batch * 4;
  for (let column: usize = 0; column < line; column += 64)
    twoRows(
      embeddingGradient + column, line, x, x + batch * 4, batch, lines + column, lines + line + column, 1, 1,
    );
}

function sumRows(): void {
  const line = dim * 4;
  for (let i: usize = 0; i < line; i += 16) {
    let total = f32x4.splat(0);
    for (let b: usize = 0; b < batch; b++) total = f32x4.add(total, v128.load(embeddingGradient + b * line + i));
    v128.store(lines + i, total);
  }
}
