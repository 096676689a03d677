// Exact nearest neighbours. Products of 16-bit integers, 16 queries and two index rows at a time, find the few pairs
// that may belong to the result; each of those is measured again in float64, exactly as the plain loop would.
import { centredSquare, productSlack, quantise, scale } from './quantise';

/** What the threads share; see src/kernels/search-memory.ts. */
let dim: usize = 0, padded: usize = 0, k: usize = 0, cosine: bool = false, queries: usize = 0;
let rawQueries: usize = 0, centre: usize = 0, panels: usize = 0, scales: usize = 0, squares: usize = 0;
let bounds: usize = 0, values: usize = 0, indices: usize = 0;
/** This thread's own: [padded] float64. */
let scratch: usize = 0;
let slack: i32 = 0;

export function configure(
  dim_: usize, padded_: usize, k_: usize, cosine_: i32, queries_: usize, rawQueries_: usize, centre_: usize,
  panels_: usize, scales_: usize, squares_: usize, bounds_: usize, values_: usize, indices_: usize, scratch_: usize,
): void {
  dim = dim_;
  padded = padded_;
  k = k_;
  cosine = cosine_ != 0;
  queries = queries_;
  rawQueries = rawQueries_;
  centre = centre_;
  panels = panels_;
  scales = scales_;
  squares = squares_;
  bounds = bounds_;
  values = values_;
  indices = indices_;
  scratch = scratch_;
  slack = productSlack(dim);
  memory.fill(scratch, 0, padded * 8);
}

/** Quantises queries [q0, q1) and empties their results. Returns the largest squared length, NaN if one is NaN. */
export function prepareQueries(q0: usize, q1: usize): f64 {
  let largest: f64 = 0;
  for (let q = q0; q < q1; q++) {
    const panel = panels + (q >> 4) * padded * 32 + (q & 15) * 4;
    largest = max<f64>(
      largest, quantise(rawQueries + q * dim * 4, dim, padded, cosine, centre, scratch, panel, 64),
    );
    store<f32>(scales + q * 4, scale);
    store<f64>(squares + q * 8, centredSquare);
    // A query beyond the last one must never be a hit.
    store<f32>(bounds + q * 4, q < queries ? -f32.MAX_VALUE : f32.MAX_VALUE);
    for (let j: usize = 0; j < k; j++) {
      store<f64>(values + (q * k + j) * 8, Infinity);
      store<i32>(indices + (q * k + j) * 4, -1);
    }
  }
  return largest;
}

/**
 * Quantises rows [from, to) of a chunk of n. `factors`: their scales; `halves`: half their squared lengths, rounded
 * down. Returns the largest squared length, NaN if one is NaN.
 */
export function prepareRows(
  raw: usize, from: usize, to: usize, n: usize, rows: usize, factors: usize, halves: usize,
): f64 {
  let largest: f64 = 0;
  for (let r = from; r < to; r++) {
    largest = max<f64>(
      largest,
      quantise(
        raw + r * dim * 4, dim, padded, cosine, centre, scratch, rows + (r >> 1) * padded * 4 + (r & 1) * 4, 8,
      ),
    );
    store<f32>(factors + r * 4, scale);
    store<f32>(halves + r * 4, <f32>(0.5 * centredSquare * (1 - 2.4e-7)));
  }
  if (to == n && n & 1) {
    // The second row of the last pair is nearer to nobody.
    store<f32>(factors + n * 4, 0);
    store<f32>(halves + n * 4, Infinity);
  }
  return largest;
}

/** The score at and above which a row must be measured: (|x|^2 - worst) / 2 less all roundings. */
function updateBound(q: usize): void {
  let worst = load<f64>(values + (q * k + k - 1) * 8);
  if (worst == Infinity) return;
  const square = load<f64>(squares + q * 8);
  if (cosine) worst *= 2; // |x - y|^2 of vectors of length 1
  const score = 0.5 * (square - worst);
  const rounding = <f64>(dim + 16) * 8.9e-16 * (square + worst + (cosine ? 4 : 0)); // 2^-50
  store<f32>(bounds + q * 4, <f32>(score - rounding - abs<f64>(score) * 1.2e-7 - 1e-37));
}

/** Four queries against a row, terms added from first to last: squared distances, or 1 - cosine. */
let d0: f64 = 0, d1: f64 = 0, d2: f64 = 0, d3: f64 = 0;

/** Two floats from two addresses, as float64. */
@inline
function two(a: usize, b: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load32_lane(b, v128.load32_zero(a), 1));
}

function cosineDistance(product: f64, xx: f64, yy: f64): f64 {
  const lengths = sqrt<f64>(xx) * sqrt<f64>(yy);
  return 1 - (lengths > 0 ? product / lengths : 0);
}

function measure(x0: usize, x1: usize, x2: usize, x3: usize, y: usize): void {
  const end = y + dim * 4;
  let a = f64x2.splat(0), b = a;
  if (!cosine) {
    for (; y < end; y += 4) {
      const v = f64x2.splat(<f64>load<f32>(y));
      const da = f64x2.sub(two(x0, x1), v), db = f64x2.sub(two(x2, x3), v);
      a = f64x2.add(a, f64x2.mul(da, da));
      b = f64x2.add(b, f64x2.mul(db, db));
      x0 += 4;
      x1 += 4;
      x2 += 4;
      x3 += 4;
    }
    d0 = f64x2.extract_lane(a, 0);
    d1 = f64x2.extract_lane(a, 1);
    d2 = f64x2.extract_lane(b, 0);
    d3 = f64x2.extract_lane(b, 1);
    return;
  }
  let aa = a, bb = a, yy: f64 = 0;
  for (; y < end; y += 4) {
    const w = <f64>load<f32>(y), v = f64x2.splat(w), xa = two(x0, x1), xb = two(x2, x3);
    a = f64x2.add(a, f64x2.mul(xa, v));
    b = f64x2.add(b, f64x2.mul(xb, v));
    aa = f64x2.add(aa, f64x2.mul(xa, xa));
    bb = f64x2.add(bb, f64x2.mul(xb, xb));
    yy += w * w;
    x0 += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
  }
  d0 = cosineDistance(f64x2.extract_lane(a, 0), f64x2.extract_lane(aa, 0), yy);
  d1 = cosineDistance(f64x2.extract_lane(a, 1), f64x2.extract_lane(aa, 1), yy);
  d2 = cosineDistance(f64x2.extract_lane(b, 0), f64x2.extract_lane(bb, 0), yy);
  d3 = cosineDistance(f64x2.extract_lane(b, 1), f64x2.extract_lane(bb, 1), yy);
}

/** Sorts a row in among a query's nearest. Rows come in rising order: of equal distances the earlier stays in front. */
function insert(q: usize, distance: f64, index: i32): void {
  const v = values + q * k * 8, n = indices + q * k * 4;
  let j = k - 1;
  if (!(distance < load<f64>(v + j * 8))) return;
  while (j > 0 && distance < load<f64>(v + (j - 1) * 8)) {
    store<f64>(v + j * 8, load<f64>(v + (j - 1) * 8));
    store<i32>(n + j * 4, load<i32>(n + (j - 1) * 4));
    j--;
  }
  store<f64>(v + j * 8, distance);
  store<i32>(n + j * 4, index);
  updateBound(q);
}

/** Measures a row for the queries of a panel that a mask names, four at a time, and sorts it in. */
function hits(mask: i32, q0: usize, y: usize, index: i32): void {
  const x = rawQueries + q0 * dim * 4, line = dim * 4;
  while (mask) {
    // Fewer than four: the last one again, which changes nothing.
    const i0 = <usize>ctz(mask);
    mask &= mask - 1;
    const i1 = mask ? <usize>ctz(mask) : i0;
    mask &= mask - 1;
    const i2 = mask ? <usize>ctz(mask) : i1;
    mask &= mask - 1;
    const i3 = mask ? <usize>ctz(mask) : i2;
    mask &= mask - 1;
    measure(x + i0 * line, x + i1 * line, x + i2 * line, x + i3 * line, y);
    insert(q0 + i0, d0, index);
    if (i1 != i0) insert(q0 + i1, d1, index);
    if (i2 != i1) insert(q0 + i2, d2, index);
    if (i3 != i2) insert(q0 + i3, d3, index);
  }
}

@inline
function score(product: v128, queryScales: v128, factor: v128, half: v128): v128 {
  return f32x4.sub(f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(product), queryScales), factor), half);
}

@inline
function bits(a: v128, b: v128, c: v128, d: v128): i32 {
  return (
    i32x4.bitmask(a) | (i32x4.bitmask(b) << 4) | (i32x4.bitmask(c) << 8) | (i32x4.bitmask(d) << 12)
  );
}

/** One panel of 16 queries against n rows (n even); the first has number `first`. */
export function panelBlock(
  q0: usize, raw: usize, rows: usize, n: usize, factors: usize, halves: usize, first: i32,
): void {
  const panel = panels + q0 * padded * 2, line = padded * 2, bound = bounds + q0 * 4, s = scales + q0 * 4;
  for (let r: usize = 0; r < n; r += 2) {
    let x = panel, y = rows + r * line;
    const end = y + 2 * line;
    const start = i32x4.splat(slack);
    let a0 = start, a1 = start, a2 = start, a3 = start, b0 = start, b1 = start, b2 = start, b3 = start;
    do {
      const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
      let v = v128.load32_splat(y);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(x0, v));
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(x1, v));
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(x2, v));
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(x3, v));
      v = v128.load32_splat(y, 4);
      b0 = i32x4.add(b0, i32x4.dot_i16x8_s(x0, v));
      b1 = i32x4.add(b1, i32x4.dot_i16x8_s(x1, v));
      b2 = i32x4.add(b2, i32x4.dot_i16x8_s(x2, v));
      b3 = i32x4.add(b3, i32x4.dot_i16x8_s(x3, v));
      x += 64;
      y += 8;
    } while (y < end);
    const s0 = v128.load(s), s1 = v128.load(s, 16), s2 = v128.load(s, 32), s3 = v128.load(s, 48);
    let f = v128.load32_splat(factors + r * 4), h = v128.load32_splat(halves + r * 4);
    a0 = score(a0, s0, f, h);
    a1 = score(a1, s1, f, h);
    a2 = score(a2, s2, f, h);
    a3 = score(a3, s3, f, h);
    f = v128.load32_splat(factors + r * 4, 4);
    h = v128.load32_splat(halves + r * 4, 4);
    b0 = score(b0, s0, f, h);
    b1 = score(b1, s1, f, h);
    b2 = score(b2, s2, f, h);
    b3 = score(b3, s3, f, h);
    // Most rows are near to nobody: one test for both.
    const t0 = v128.load(bound), t1 = v128.load(bound, 16), t2 = v128.load(bound, 32), t3 = v128.load(bound, 48);
    const near = v128.or(
      v128.or(f32x4.ge(f32x4.pmax(a0, b0), t0), f32x4.ge(f32x4.pmax(a1, b1), t1)),
      v128.or(f32x4.ge(f32x4.pmax(a2, b2), t2), f32x4.ge(f32x4.pmax(a3, b3), t3)),
    );
    if (!v128.any_true(near)) continue;
    const at = raw + r * dim * 4;
    hits(bits(f32x4.ge(a0, t0), f32x4.ge(a1, t1), f32x4.ge(a2, t2), f32x4.ge(a3, t3)), q0, at, first + <i32>r);
    hits(bits(f32x4.ge(b0, t0), f32x4.ge(b1, t1), f32x4.ge(b2, t2), f32x4.ge(b3, t3)), q0, at + dim * 4, first + <i32>r + 1);
  }
}

/** Rows that are met by a group of panels before the next ones are: they stay in the first-level cache. */
const BLOCK: usize = 128;

/** Panels of queries [q0, q1) against a chunk of n rows, whose first has number `first`. */
export function searchChunk(
  q0: usize, q1: usize, raw: usize, rows: usize, n: usize, factors: usize, halves: usize, first: i32,
): void {
  const even = (n + 1) & ~1;
  for (let from: usize = 0; from < even; from += BLOCK) {
    const count = min(BLOCK, even - from);
    for (let q = q0; q < q1; q += 16)
      panelBlock(
        q, raw + from * dim * 4, rows + from * padded * 2, count, factors + from * 4, halves + from * 4,
        first + <i32>from,
      );
  }
}
