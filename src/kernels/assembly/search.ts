// Exact nearest neighbours. A float32 product of 16 queries and two index rows at a time finds the few pairs that may
// belong to the result; each of those is measured again in float64, exactly as the plain loop would.
import { fma } from './simd';

/** What the threads share; see src/kernels/search.ts. */
let dim: usize = 0, k: usize = 0, cosine: bool = false, queries: usize = 0;
let rawQueries: usize = 0, panels: usize = 0, bounds: usize = 0, margins: usize = 0;
let values: usize = 0, indices: usize = 0, queryNorms: usize = 0;

export function configure(
  dim_: usize, k_: usize, cosine_: i32, queries_: usize, rawQueries_: usize, panels_: usize, bounds_: usize,
  margins_: usize, values_: usize, indices_: usize, queryNorms_: usize,
): void {
  dim = dim_;
  k = k_;
  cosine = cosine_ != 0;
  queries = queries_;
  rawQueries = rawQueries_;
  panels = panels_;
  bounds = bounds_;
  margins = margins_;
  values = values_;
  indices = indices_;
  queryNorms = queryNorms_;
}

/** Sum of squares in float64, term by term in order. */
function squaredNorm(x: usize): f64 {
  let total: f64 = 0;
  for (let i: usize = 0; i < dim; i++) {
    const v = <f64>load<f32>(x + i * 4);
    total += v * v;
  }
  return total;
}

/** Packs queries [q0, q1) (multiples of 16) into panels [dim][16] and empties their results. */
export function prepareQueries(q0: usize, q1: usize): void {
  for (let q = q0; q < q1; q++) {
    const x = rawQueries + q * dim * 4, panel = panels + (q >> 4) * dim * 64 + (q & 15) * 4;
    for (let i: usize = 0; i < dim; i++) store<f32>(panel + i * 64, load<f32>(x + i * 4));
    store<f64>(queryNorms + q * 8, squaredNorm(x));
    // A query beyond the last one must never be a hit.
    store<f32>(bounds + q * 4, q < queries ? -f32.MAX_VALUE : f32.MAX_VALUE);
    for (let j: usize = 0; j < k; j++) {
      store<f64>(values + (q * k + j) * 8, Infinity);
      store<i32>(indices + (q * k + j) * 4, -1);
    }
  }
}

/**
 * Per row of a chunk: factor and summand that turn its product with a query into a score that rises with nearness -
 * x.y - |y|^2 / 2, or x.y / |y| - and its squared length. Returns the largest squared length, NaN if one is NaN.
 */
export function prepareRows(rows: usize, n: usize, factors: usize, summands: usize, norms: usize): f64 {
  let largest: f64 = 0;
  for (let r: usize = 0; r < n; r++) {
    const squared = squaredNorm(rows + r * dim * 4), length = sqrt<f64>(squared);
    // Products with a very short row may underflow: it is always measured.
    const short = cosine && length < 1e-12;
    store<f32>(factors + r * 4, cosine ? (short ? 0 : <f32>(1 / length)) : 1);
    store<f32>(summands + r * 4, cosine ? (short ? Infinity : 0) : <f32>(-0.5 * squared));
    store<f64>(norms + r * 8, squared);
    largest = max<f64>(largest, squared);
  }
  if (n & 1) {
    store<f32>(factors + n * 4, 0);
    store<f32>(summands + n * 4, -Infinity); // the second row of the last pair
  }
  return largest;
}

/**
 * Sets how far a float32 score may lie below the worst kept distance and still be looked at again: twice the bound
 * on its rounding error, (d + 8) u (|x| |y| + |y|^2 / 2) with u = 2^-24 (Higham, "Accuracy and Stability of
 * Numerical Algorithms", section 3.1). For cosines |y| counts as 1.
 */
export function setMargins(q0: usize, q1: usize, largest: f64): void {
  const y = cosine ? 1 : sqrt<f64>(largest), u = <f64>(dim + 8) * 5.9604644775390625e-8;
  for (let q = q0; q < min(q1, queries); q++) {
    const x = sqrt<f64>(load<f64>(queryNorms + q * 8));
    store<f64>(margins + q * 8, 2 * u * (x * y + (cosine ? 0 : 0.5 * y * y)) + 1e-30);
    updateBound(q);
  }
}

/** The float32 score above which a row must be measured. */
function updateBound(q: usize): void {
  const worst = load<f64>(values + (q * k + k - 1) * 8);
  if (worst == Infinity) return;
  const squared = load<f64>(queryNorms + q * 8);
  const score = cosine ? (1 - worst) * sqrt<f64>(squared) : 0.5 * (squared - worst);
  const bound = score - load<f64>(margins + q * 8);
  // Rounding to float32 must not raise it.
  store<f32>(bounds + q * 4, <f32>(bound - abs<f64>(bound) * 1.2e-7));
}

/** Squared distance, or 1 - cosine, in float64; the cosine to a vector without length counts as 0. */
function measure(x: usize, y: usize, q: usize, squaredLength: f64): f64 {
  let total: f64 = 0;
  if (!cosine) {
    for (let i: usize = 0; i < dim; i++) {
      const difference = <f64>load<f32>(x + i * 4) - <f64>load<f32>(y + i * 4);
      total += difference * difference;
    }
    return total;
  }
  for (let i: usize = 0; i < dim; i++) total += <f64>load<f32>(x + i * 4) * <f64>load<f32>(y + i * 4);
  const lengths = sqrt<f64>(load<f64>(queryNorms + q * 8)) * sqrt<f64>(squaredLength);
  return 1 - (lengths > 0 ? total / lengths : 0);
}

/** Sixteen scores of one row: measures those above the bound and sorts them in. */
function hits(scores: usize, q0: usize, row: usize, index: i32, squaredLength: f64): void {
  for (let i: usize = 0; i < 16; i++) {
    const q = q0 + i;
    if (!(load<f32>(scores + i * 4) >= load<f32>(bounds + q * 4))) continue;
    const v = values + q * k * 8, n = indices + q * k * 4;
    const distance = measure(rawQueries + q * dim * 4, row, q, squaredLength);
    let j = k - 1;
    // Rows come in rising order: of equal distances the earlier one stays in front.
    if (!(distance < load<f64>(v + j * 8))) continue;
    while (j > 0 && distance < load<f64>(v + (j - 1) * 8)) {
      store<f64>(v + j * 8, load<f64>(v + (j - 1) * 8));
      store<i32>(n + j * 4, load<i32>(n + (j - 1) * 4));
      j--;
    }
    store<f64>(v + j * 8, distance);
    store<i32>(n + j * 4, index);
    updateBound(q);
  }
}

/** One panel of 16 queries against rows [0, n) of a block; n is even, a row of padding has the summand -inf. */
export function panelBlock(
  q0: usize, rows: usize, n: usize, factors: usize, summands: usize, norms: usize, first: i32, scores: usize,
): void {
  const panel = panels + q0 * dim * 4, line = dim * 4, bound = bounds + q0 * 4;
  for (let r: usize = 0; r < n; r += 2) {
    let e = panel, w = rows + r * line;
    const end = w + line;
    const zero = f32x4.splat(0);
    let a0 = zero, a1 = zero, a2 = zero, a3 = zero, b0 = zero, b1 = zero, b2 = zero, b3 = zero;
    let other = end;
    do {
      const x0 = v128.load(e), x1 = v128.load(e, 16), x2 = v128.load(e, 32), x3 = v128.load(e, 48);
      let g = v128.load32_splat(w);
      a0 = fma(g, x0, a0);
      a1 = fma(g, x1, a1);
      a2 = fma(g, x2, a2);
      a3 = fma(g, x3, a3);
      g = v128.load32_splat(other);
      b0 = fma(g, x0, b0);
      b1 = fma(g, x1, b1);
      b2 = fma(g, x2, b2);
      b3 = fma(g, x3, b3);
      e += 64;
      w += 4;
      other += 4;
    } while (w < end);
    let f = v128.load32_splat(factors + r * 4), s = v128.load32_splat(summands + r * 4);
    a0 = fma(f, a0, s);
    a1 = fma(f, a1, s);
    a2 = fma(f, a2, s);
    a3 = fma(f, a3, s);
    f = v128.load32_splat(factors + r * 4, 4);
    s = v128.load32_splat(summands + r * 4, 4);
    b0 = fma(f, b0, s);
    b1 = fma(f, b1, s);
    b2 = fma(f, b2, s);
    b3 = fma(f, b3, s);
    const t0 = v128.load(bound), t1 = v128.load(bound, 16), t2 = v128.load(bound, 32), t3 = v128.load(bound, 48);
    const hitA = v128.or(
      v128.or(f32x4.ge(a0, t0), f32x4.ge(a1, t1)),
      v128.or(f32x4.ge(a2, t2), f32x4.ge(a3, t3)),
    );
    const hitB = v128.or(
      v128.or(f32x4.ge(b0, t0), f32x4.ge(b1, t1)),
      v128.or(f32x4.ge(b2, t2), f32x4.ge(b3, t3)),
    );
    if (!v128.any_true(v128.or(hitA, hitB))) continue;
    v128.store(scores, a0);
    v128.store(scores, a1, 16);
    v128.store(scores, a2, 32);
    v128.store(scores, a3, 48);
    v128.store(scores, b0, 64);
    v128.store(scores, b1, 80);
    v128.store(scores, b2, 96);
    v128.store(scores, b3, 112);
    const at = rows + r * line;
    hits(scores, q0, at, first + <i32>r, load<f64>(norms + r * 8));
    hits(scores + 64, q0, at + line, first + <i32>r + 1, load<f64>(norms + r * 8, 8));
  }
}

/** Rows that are met by all panels before the next ones are: they stay in the second-level cache. */
const BLOCK: usize = 256;

/** Panels of queries [q0, q1) against a chunk of n rows (padded to even), whose first has number `first`. */
export function searchChunk(
  q0: usize, q1: usize, rows: usize, n: usize, factors: usize, summands: usize, norms: usize, first: i32,
  scores: usize,
): void {
  const padded = (n + 1) & ~1;
  for (let from: usize = 0; from < padded; from += BLOCK) {
    const count = min(BLOCK, padded - from);
    for (let q = q0; q < q1; q += 16)
      panelBlock(
        q, rows + from * dim * 4, count, factors + from * 4, summands + from * 4, norms + from * 8,
        first + <i32>from, scores,
      );
  }
}
