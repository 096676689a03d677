// Stage 3: gradients of the centres, tile by tile, with the optimizer's step while the tile is still in the cache, and
// this thread's part of the embeddings' gradient.
import { fma, sum, twoRows } from './simd';
import { share } from './embed';
import { choicesOf, classesOf, firstTarget, forwardTile, labelAt, numeratorsOf } from './forward';
import { keepGradient, step } from './update';
import {
  batch, centreGradients, centres, configure, cosines, dim, embedding, embeddingStrips, featureGradient, gradients, headFirst,
  headSecond, headSpare, headWeight, inverseCentres, keep, linearNeck, offsets, pairBytes, pairs, rowFactors,
  scaledGradients, sortedRows, squares, targetGradients, thread, tileClasses, tiles, update, Update_store,
} from './layout';

export function backward(shared: usize, own: usize): void {
  configure(shared, own);
  memory.fill(featureGradient, 0, batch * dim * 4);
  const t0 = share(tiles, 1, thread), t1 = share(tiles, 1, thread + 1);
  let cursor = firstTarget(t0 * tileClasses), total: f64 = 0;
  for (let t = t0; t < t1; t++) {
    // `cosines` is free when nothing sums: the exponentials' sums are not needed a second time.
    if (!keep) forwardTile(t, cursor, cosines);
    cursor = targets(t, cursor, classesOf(t));
    total += backwardTile(t);
  }
  store<f64>(squares, total);
}

/** d loss / d cosine of a tile: softmax probabilities, with the targets' own gradients in their places. */
function targets(tile: usize, cursor: usize, count: usize): usize {
  scaleRows(numeratorsOf(tile), gradients, count);
  const first = tile * tileClasses;
  for (; labelAt(cursor) < first + count; cursor++) {
    const b = <usize>load<u32>(sortedRows + cursor * 4);
    store<f32>(gradients + ((labelAt(cursor) - first) * batch + b) * 4, load<f32>(targetGradients + b * 4));
  }
  return cursor;
}

function backwardTile(tile: usize): f64 {
  const count = classesOf(tile), line = dim * 4, at = tile * tileClasses * centres;
  const w = headWeight + at * line, inverse = inverseCentres + at * 4, chosen = choicesOf(tile), rows = count * centres;
  if (linearNeck) chosenOffsets(gradients, scaledGradients, offsets, chosen, inverse, count);
  if (centres > 1) groupByCentre(gradients, chosen, pairs, pairBytes, count);
  const strip = batch * 128;
  for (let s: usize = 0; s < line; s += 128) {
    const part = (s >> 7) * strip;
    if (linearNeck) featureStrip(w + s, featureGradient + part, scaledGradients, offsets, count * batch * 4);
    if (centres > 1) centreStrip(pairs, pairBytes, embeddingStrips + part, centreGradients + s, rows);
  }
  if (centres == 1) denseCentres(gradients, centreGradients, rows);
  throughNormalisation(w, inverse, centreGradients, rows);
  const bytes = rows * line, o = at * line;
  if (update == Update_store) return keepGradient(headSpare + o, centreGradients, bytes);
  step(w, headFirst + o, headSecond + o, headSpare + o, centreGradients, bytes);
  return 0;
}

export function scaleRows(from: usize, to: usize, count: usize): void {
  const bytes = batch * 4;
  for (let c: usize = 0; c < count; c++) {
    for (let j: usize = 0; j < bytes; j += 16)
      v128.store(to + j, f32x4.mul(v128.load(from + j), v128.load(rowFactors + j)));
    from += bytes;
    to += bytes;
  }
}

/** Per class and row: the gradient divided by the chosen centre's length, and where that centre lies. */
export function chosenOffsets(g: usize, scaled: usize, offset: usize, chosen: usize, inverse: usize, count: usize): void {
  const line = i32x4.splat(<i32>(dim * 4));
  for (let c: usize = 0; c < count; c++) {
    const base = i32x4.splat(<i32>(c * centres)), first = v128.load32_splat(inverse);
    for (let b: usize = 0; b < batch; b += 4) {
      let index = base, length = first;
      if (centres > 1) {
        const k = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(chosen + b)));
        for (let i: usize = 1; i < centres; i++)
          length = v128.bitselect(v128.load32_splat(inverse + i * 4), length, i32x4.eq(k, i32x4.splat(<i32>i)));
        index = i32x4.add(k, base);
      }
      v128.store(scaled + b * 4, f32x4.mul(v128.load(g + b * 4), length));
      v128.store(offset + b * 4, i32x4.mul(index, line));
    }
    g += batch * 4;
    scaled += batch * 4;
    offset += batch * 4;
    chosen += batch;
    inverse += centres * 4;
  }
}

/**
 * 32 numbers at `out` = (`add` ? themselves : 0) + the sum of weight * 32 numbers at x + offset. The weights lie `step`
 * bytes apart up to `end`, each one's offset in bytes `distance` bytes behind it.
 */
@inline
function weightedSum(
  weight: usize, end: usize, step: usize, x: usize, distance: usize, out: usize, add: bool,
): void {
  const zero = f32x4.splat(0);
  let a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero, a6 = zero, a7 = zero;
  if (add) {
    a0 = v128.load(out);
    a1 = v128.load(out, 16);
    a2 = v128.load(out, 32);
    a3 = v128.load(out, 48);
    a4 = v128.load(out, 64);
    a5 = v128.load(out, 80);
    a6 = v128.load(out, 96);
    a7 = v128.load(out, 112);
  }
  do {
    const f = v128.load32_splat(weight), q = x + <usize>load<u32>(weight + distance);
    a0 = fma(f, v128.load(q), a0);
    a1 = fma(f, v128.load(q, 16), a1);
    a2 = fma(f, v128.load(q, 32), a2);
    a3 = fma(f, v128.load(q, 48), a3);
    a4 = fma(f, v128.load(q, 64), a4);
    a5 = fma(f, v128.load(q, 80), a5);
    a6 = fma(f, v128.load(q, 96), a6);
    a7 = fma(f, v128.load(q, 112), a7);
    weight += step;
  } while (weight < end);
  v128.store(out, a0);
  v128.store(out, a1, 16);
  v128.store(out, a2, 32);
  v128.store(out, a3, 48);
  v128.store(out, a4, 64);
  v128.store(out, a5, 80);
  v128.store(out, a6, 96);
  v128.store(out, a7, 112);
}

/** featureGradient[b] += sum over classes of gradient * chosen centre, 32 columns of it: reads gather, nothing scatters. */
export function featureStrip(w: usize, x: usize, g: usize, offset: usize, bytes: usize): void {
  const step = batch * 4, distance = offset - g;
  for (let b: usize = 0; b < step; b += 4) {
    weightedSum(g + b, g + b + bytes, step, w, distance, x, true);
    x += 128;
  }
}

/** Per class: (gradient, byte offset of the row in a strip) grouped by the centre that the row chose. */
export function groupByCentre(g: usize, chosen: usize, list: usize, bytes: usize, count: usize): void {
  for (let c: usize = 0; c < count; c++) {
    for (let k: usize = 0; k < centres; k++) {
      let p = list;
      const wanted = i8x16.splat(<i8>k);
      for (let j: usize = 0; j < batch; j += 64) {
        let mask: u64 = 0; // of 64 rows: the fewer loops, the fewer mispredicted ends
        for (let i: usize = 0, n = min(64, batch - j); i < n; i += 16)
          mask |= <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(chosen + j + i), wanted))) << i;
        while (mask) {
          const b = j + <usize>ctz(mask);
          mask &= mask - 1;
          store<u32>(p, load<u32>(g + b * 4));
          store<u32>(p, <u32>(b * 128), 4);
          p += 8;
        }
      }
      if (p == list) {
        store<u64>(p, 0); // a pair of weight zero spares the reader a test before its first turn
        p += 8;
      }
      store<u32>(bytes, <u32>(p - list));
      bytes += 4;
      list = p;
    }
    chosen += batch;
    g += batch * 4;
  }
}

/** Gradient of each centre: sum over the rows that chose it, 32 columns. */
export function centreStrip(list: usize, bytes: usize, e: usize, out: usize, rows: usize): void {
  for (let r: usize = 0; r < rows; r++) {
    const end = list + <usize>load<u32>(bytes + r * 4);
    weightedSum(list, end, 8, e, 4, out, false);
    list = end;
    out += dim * 4;
  }
}

/** The same where a class has one centre, which every row chose, for all columns. */
export function denseCentres(g: usize, out: usize, rows: usize): void {
  const line = dim * 4, row = batch * 4;
  for (let r: usize = 0; r < rows; r += 2) {
    for (let column: usize = 0; column < line; column += 64)
      twoRows(embedding + column, line, g, g + row, batch, out + column, out + line + column, 1, 1);
    g += row * 2;
    out += line * 2;
  }
}

/** d/dw of a function of w / |w|: (q - (q . w^) w^) / |w|, in place of q. */
export function throughNormalisation(w: usize, inverse: usize, q: usize, rows: usize): void {
  const line = dim * 4;
  for (let r: usize = 0; r < rows; r++) {
    const length = load<f32>(inverse + r * 4);
    let product = f32x4.splat(0);
    for (let i: usize = 0; i < line; i += 16) product = fma(v128.load(q + i), v128.load(w + i), product);
    const along = f32x4.splat(sum(product) * length * length), factor = f32x4.splat(length);
    for (let i: usize = 0; i < line; i += 16)
      v128.store(q + i, f32x4.mul(factor, f32x4.sub(v128.load(q + i), f32x4.mul(along, v128.load(w + i)))));
    w += line;
    q += line;
  }
}
