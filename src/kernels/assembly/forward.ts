// Stage 2: cosines of every class, tile by tile, straight into exponentials and their sum per row. A tile of a few
// classes times the whole batch stays in the caches near the core; the logits of the whole batch never exist.
import { clamp, exp, fma, sum, twoRows } from './simd';
import { inverseOf, share } from './embed';
import { entryForward, entryLargest } from './entries';
import {
  batch, best, centres, choices, classes, configure, cosines, dim, embeddingPanels, entry, headWeight, inverseCentres,
  keep, numerators, partition as sums, scale, shifts, sortedLabels, sortedRows, thread, tileChoices, tileClasses,
  tileNumerators, tiles,
} from './layout';

export function forward(shared: usize, own: usize): void {
  configure(shared, own);
  memory.fill(sums, 0, batch * 4);
  const t0 = share(tiles, 1, thread), t1 = share(tiles, 1, thread + 1);
  let cursor = firstTarget(t0 * tileClasses);
  for (let t = t0; t < t1; t++) cursor = forwardTile(t, cursor, sums);
}

/** AdaCos: sum of exp(scale * cosine - shift) over the other classes. */
export function partition(shared: usize, own: usize): void {
  configure(shared, own);
  memory.fill(sums, 0, batch * 4);
  const t0 = share(tiles, 1, thread), t1 = share(tiles, 1, thread + 1);
  let cursor = firstTarget(t0 * tileClasses);
  for (let t = t0; t < t1; t++) {
    cursor = cosineTile(t, cursor);
    partitionTile(best, classesOf(t));
  }
}

/** Largest scale * entry per row: the shift where the scale is too large for a constant one. */
export function largest(shared: usize, own: usize): void {
  configure(shared, own);
  for (let j: usize = 0; j < batch * 4; j += 16) v128.store(sums + j, f32x4.splat(-3.0e38));
  const t0 = share(tiles, 1, thread), t1 = share(tiles, 1, thread + 1);
  let cursor = firstTarget(t0 * tileClasses);
  for (let t = t0; t < t1; t++) {
    cursor = cosineTile(t, cursor);
    entryLargest(<u32>entry, best, sums, classesOf(t));
  }
}

@inline
export function classesOf(tile: usize): usize {
  return min(tileClasses, classes - tile * tileClasses);
}

@inline
export function numeratorsOf(tile: usize): usize {
  return keep ? numerators + tile * tileClasses * batch * 4 : tileNumerators;
}

@inline
export function choicesOf(tile: usize): usize {
  return keep ? choices + tile * tileClasses * batch : tileChoices;
}

/** Index of the first row, in the order of labels, whose label is at least `label`. */
export function firstTarget(label: usize): usize {
  let i: usize = 0;
  while (labelAt(i) < label) i++;
  return i;
}

@inline
export function labelAt(cursor: usize): usize {
  return load<u32>(sortedLabels + cursor * 4);
}

/** Numerators and choices of a tile; adds the exponentials to `into`. Returns the next target's index. */
export function forwardTile(tile: usize, cursor: usize, into: usize): usize {
  const next = cosineTile(tile, cursor);
  entryForward(<u32>entry, best, numeratorsOf(tile), into, classesOf(tile));
  return next;
}

/**
 * Cosine of every class of the tile to every row, in `best`; the place of a row's own class is marked NaN, which
 * every later sum leaves out.
 */
function cosineTile(tile: usize, cursor: usize): usize {
  const first = tile * tileClasses, count = classesOf(tile), line = dim * 4, at = first * centres;
  const rows = (count * centres + 1) & ~1; // a padded line of zeros makes an odd number even
  centreLengths(headWeight + at * line, inverseCentres + at * 4, rows);
  const to = centres == 1 ? best : cosines;
  for (let panel: usize = 0; panel < batch; panel += 16)
    cosinePanel(embeddingPanels + panel * line, headWeight + at * line, inverseCentres + at * 4, rows, to + panel * 4);
  if (centres > 1) nearestCentres(cosines, best, choicesOf(tile), count);
  for (; labelAt(cursor) < first + count; cursor++)
    store<f32>(best + ((labelAt(cursor) - first) * batch + load<u32>(sortedRows + cursor * 4)) * 4, <f32>NaN);
  return cursor;
}

export function centreLengths(w: usize, inverse: usize, rows: usize): void {
  const line = dim * 4;
  for (let r: usize = 0; r < rows; r++) {
    let a = f32x4.splat(0), b = a;
    for (let end = w + line; w < end; w += 32) {
      let v = v128.load(w);
      a = fma(v, v, a);
      v = v128.load(w, 16);
      b = fma(v, v, b);
    }
    store<f32>(inverse + r * 4, inverseOf(sqrt<f32>(sum(f32x4.add(a, b)))));
  }
}

/** 16 rows of the batch times all centres of a tile. */
export function cosinePanel(panel: usize, w: usize, inverse: usize, rows: usize, out: usize): void {
  const line = dim * 4, step = batch * 4;
  for (let r: usize = 0; r < rows; r += 2) {
    twoRows(panel, 64, w, w + line, dim, out, out + step, load<f32>(inverse), load<f32>(inverse, 4));
    w += line * 2;
    out += step * 2;
    inverse += 8;
  }
}

/** Maximum over the k centres of a class, and which it was (the first of equal ones). */
export function nearestCentres(from: usize, to: usize, chosen: usize, count: usize): void {
  const step = batch * 4;
  for (let c: usize = 0; c < count; c++) {
    for (let j: usize = 0; j < step; j += 64) {
      let q = from + j;
      let m0 = v128.load(q), m1 = v128.load(q, 16), m2 = v128.load(q, 32), m3 = v128.load(q, 48);
      let i0 = i32x4.splat(0), i1 = i0, i2 = i0, i3 = i0;
      for (let k: usize = 1; k < centres; k++) {
        q += step;
        const number = i32x4.splat(<i32>k);
        let x = v128.load(q), greater = f32x4.gt(x, m0);
        m0 = f32x4.pmax(m0, x);
        i0 = v128.bitselect(number, i0, greater);
        x = v128.load(q, 16);
        greater = f32x4.gt(x, m1);
        m1 = f32x4.pmax(m1, x);
        i1 = v128.bitselect(number, i1, greater);
        x = v128.load(q, 32);
        greater = f32x4.gt(x, m2);
        m2 = f32x4.pmax(m2, x);
        i2 = v128.bitselect(number, i2, greater);
        x = v128.load(q, 48);
        greater = f32x4.gt(x, m3);
        m3 = f32x4.pmax(m3, x);
        i3 = v128.bitselect(number, i3, greater);
      }
      v128.store(to + j, m0);
      v128.store(to + j, m1, 16);
      v128.store(to + j, m2, 32);
      v128.store(to + j, m3, 48);
      v128.store(
        chosen + (j >> 2),
        i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(i0, i1), i16x8.narrow_i32x4_u(i2, i3)),
      );
    }
    from += step * centres;
    to += step;
    chosen += batch;
  }
}

export function partitionTile(from: usize, count: usize): void {
  const step = batch * 4, factor = f32x4.splat(scale), one = f32x4.splat(1), minus = f32x4.splat(-1);
  for (let j: usize = 0; j < step; j += 16) {
    const shift = v128.load(shifts + j);
    let total = f32x4.splat(0);
    for (let at = from + j, end = at + count * step; at < end; at += step) {
      const c = v128.load(at);
      const e = exp(f32x4.sub(f32x4.mul(factor, clamp(c, minus, one)), shift));
      total = f32x4.add(total, v128.and(e, f32x4.eq(c, c)));
    }
    v128.store(sums + j, f32x4.add(v128.load(sums + j), total));
  }
}
