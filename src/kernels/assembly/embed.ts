// Stage 1: features -> neck -> normalised embeddings, in the three orders that later stages read, and each row's
// cosine to the nearest centre of its own class.
import { fma, sum, twoRows } from './simd';
import {
  batch, centres, configure, dim, embedding, embeddingPanels, embeddingStrips, features, headWeight, inverseNorms,
  labels, linearNeck, neckWeight, norms, targetCosines, thread, threads, trueDim, trueWidth, width,
} from './layout';

/** This thread's share of n things that are dealt in groups. */
@inline
export function share(n: usize, group: usize, i: usize): usize {
  return i == threads ? n : ((n / group) * i / threads) * group;
}

export function embed(shared: usize, own: usize): void {
  configure(shared, own);
  const r0 = share(batch, 2, thread), r1 = share(batch, 2, thread + 1);
  if (r0 == r1) return;
  neckRows(r0, r1);
  for (let b = r0; b < r1; b++) normaliseRow(b);
  for (let b = r0; b < r1; b++) store<f32>(targetCosines + b * 4, targetCosine(b));
}

/** The neck alone, for rows that only want to be embedded. */
export function embedOnly(shared: usize, own: usize): void {
  configure(shared, own);
  const r0 = share(batch, 2, thread), r1 = share(batch, 2, thread + 1);
  if (r0 < r1) neckRows(r0, r1);
}

export function neckRows(r0: usize, r1: usize): void {
  if (!linearNeck) {
    for (let b = r0; b < r1; b++) poolRow(features + b * width * 4, embedding + b * dim * 4);
    return;
  }
  const line = dim * 4;
  for (let b = r0; b < r1; b += 2)
    for (let column: usize = 0; column < line; column += 64) linearRows(b, column);
  const bias = neckWeight + width * line;
  for (let b = r0; b < r1; b++)
    for (let i: usize = 0; i < line; i += 16) {
      const at = embedding + b * line + i;
      v128.store(at, f32x4.add(v128.load(at), v128.load(bias + i)));
    }
}

/** Exported so that it stays a function of its own: see docs/kernels.md on tiers. */
export function linearRows(b: usize, column: usize): void {
  const line = dim * 4, x = features + b * width * 4, out = embedding + b * line + column;
  twoRows(neckWeight + column, line, x, x + width * 4, width, out, out + line, 1, 1);
}

/** Adaptive average pooling: number i is the mean of columns floor(i W / D) .. ceil((i + 1) W / D). */
function poolRow(x: usize, out: usize): void {
  for (let i: usize = 0; i < trueDim; i++) {
    const from = i * trueWidth / trueDim, to = ((i + 1) * trueWidth + trueDim - 1) / trueDim;
    let total: f64 = 0;
    for (let f = from; f < to; f++) total += <f64>load<f32>(x + f * 4);
    store<f32>(out + i * 4, <f32>(total / <f64>(to - from)));
  }
}

function normaliseRow(b: usize): void {
  const line = dim * 4, e = embedding + b * line;
  let squares = f32x4.splat(0);
  for (let i: usize = 0; i < line; i += 16) {
    const v = v128.load(e + i);
    squares = fma(v, v, squares);
  }
  const norm = sqrt<f32>(sum(squares)), inverse = inverseOf(norm), factor = f32x4.splat(inverse);
  store<f32>(norms + b * 4, norm);
  store<f32>(inverseNorms + b * 4, inverse);
  for (let i: usize = 0; i < line; i += 16) {
    const v = f32x4.mul(v128.load(e + i), factor);
    v128.store(e + i, v);
    v128.store(embeddingStrips + (i >> 7) * (batch * 128) + b * 128 + (i & 127), v);
  }
  const panel = embeddingPanels + (b >> 4) * (dim * 64) + (b & 15) * 4;
  for (let d: usize = 0; d < dim; d++) store<f32>(panel + d * 64, load<f32>(e + d * 4));
}

/** A vector without length has no direction: its normalised form is zero and so is its gradient. */
@inline
export function inverseOf(norm: f32): f32 {
  return norm > 1e-12 ? <f32>1 / norm : 0;
}

function targetCosine(b: usize): f32 {
  const line = dim * 4, e = embedding + b * line;
  let best: f32 = -1, w = headWeight + <usize>load<u32>(labels + b * 4) * centres * line;
  for (let j: usize = 0; j < centres; j++) {
    let product = f32x4.splat(0), squares = product;
    for (let i: usize = 0; i < line; i += 16) {
      const v = v128.load(w + i);
      product = fma(v, v128.load(e + i), product);
      squares = fma(v, v, squares);
    }
    best = max(best, sum(product) * inverseOf(sqrt<f32>(sum(squares))));
    w += line;
  }
  return min<f32>(best, 1);
}
