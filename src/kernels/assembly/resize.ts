// Pillow's antialiased resize of 8-bit RGB: weights with 22 fraction bits, a horizontal pass with an 8-bit result, then
// a vertical one. A weight is split into w = high * 2^11 + low, so that products of 16 bits, summed in pairs, do the
// work of products of 32: the sums are the same integers.

const HALF: i32 = 1 << 21;
const FRACTION: i32 = 22;
const SPLIT: i32 = 11;

/**
 * Horizontal pass of n rows. Per output pixel: `first` holds the byte offset of its first input pixel, `weights` for
 * each four taps the pairs low 0-1, low 2-3, high 0-1, high 2-3; surplus taps weigh nothing.
 *
 * @param groups fours of taps per output pixel
 * @param stride bytes of an input row
 */
export function resizeRows(
  rows: usize, stride: usize, n: usize, first: usize, weights: usize, groups: usize, outputs: usize, out: usize,
): void {
  let y: usize = 0;
  for (; y + 4 <= n; y += 4) {
    resizeFourRows(rows, stride, first, weights, groups, outputs, out);
    rows += stride * 4;
    out += outputs * 12;
  }
  for (; y < n; y++) {
    resizeRow(rows, first, weights, groups, outputs, out);
    rows += stride;
    out += outputs * 3;
  }
}

/** (r0 r1 g0 g1 b0 b1 - -) of the first two pixels, as 16-bit numbers. */
@inline
function firstPair(bytes: v128): v128 {
  return i8x16.swizzle(bytes, i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1));
}

/** The same of the next two. */
@inline
function secondPair(bytes: v128): v128 {
  return i8x16.swizzle(bytes, i8x16(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1));
}

/** Adds two products of pairs. */
@inline
function addPairs(sum: v128, a: v128, wa: v128, b: v128, wb: v128): v128 {
  return i32x4.add(sum, i32x4.add(i32x4.dot_i16x8_s(a, wa), i32x4.dot_i16x8_s(b, wb)));
}

@inline
function storePixel(out: usize, low: v128, high: v128): void {
  const total = whole(low, high), words = i16x8.narrow_i32x4_s(total, total);
  const rgb = i32x4.extract_lane(i8x16.narrow_i16x8_u(words, words), 0);
  store<u16>(out, <u16>rgb);
  store<u8>(out, <u8>(rgb >> 16), 2);
}

/** Four rows at a time share the loads of the weights. */
export function resizeFourRows(
  row: usize, stride: usize, first: usize, w: usize, groups: usize, outputs: usize, out: usize,
): void {
  const half = i32x4.splat(HALF), zero = i32x4.splat(0), line = outputs * 3;
  for (let x: usize = 0; x < outputs; x++) {
    let p = row + <usize>load<u32>(first + x * 4);
    let l0 = half, l1 = half, l2 = half, l3 = half, h0 = zero, h1 = zero, h2 = zero, h3 = zero;
    const end = w + groups * 16;
    do {
      const la = v128.load32_splat(w), lb = v128.load32_splat(w, 4);
      const ha = v128.load32_splat(w, 8), hb = v128.load32_splat(w, 12);
      let q = p, bytes = v128.load(q), a = firstPair(bytes), b = secondPair(bytes);
      l0 = addPairs(l0, a, la, b, lb);
      h0 = addPairs(h0, a, ha, b, hb);
      bytes = v128.load((q += stride));
      a = firstPair(bytes);
      b = secondPair(bytes);
      l1 = addPairs(l1, a, la, b, lb);
      h1 = addPairs(h1, a, ha, b, hb);
      bytes = v128.load((q += stride));
      a = firstPair(bytes);
      b = secondPair(bytes);
      l2 = addPairs(l2, a, la, b, lb);
      h2 = addPairs(h2, a, ha, b, hb);
      bytes = v128.load((q += stride));
      a = firstPair(bytes);
      b = secondPair(bytes);
      l3 = addPairs(l3, a, la, b, lb);
      h3 = addPairs(h3, a, ha, b, hb);
      p += 12;
      w += 16;
    } while (w < end);
    storePixel(out, l0, h0);
    storePixel(out + line, l1, h1);
    storePixel(out + line * 2, l2, h2);
    storePixel(out + line * 3, l3, h3);
    out += 3;
  }
}

export function resizeRow(row: usize, first: usize, w: usize, groups: usize, outputs: usize, out: usize): void {
  const half = i32x4.splat(HALF);
  for (let x: usize = 0; x < outputs; x++) {
    let p = row + <usize>load<u32>(first + x * 4), low = half, high = i32x4.splat(0);
    const end = w + groups * 16;
    do {
      const bytes = v128.load(p), a = firstPair(bytes), b = secondPair(bytes);
      low = addPairs(low, a, v128.load32_splat(w), b, v128.load32_splat(w, 4));
      high = addPairs(high, a, v128.load32_splat(w, 8), b, v128.load32_splat(w, 12));
      p += 12;
      w += 16;
    } while (w < end);
    storePixel(out, low, high);
    out += 3;
  }
}

/**
 * Vertical pass to one row of `bytes` numbers, 16 at a time: it may write up to 15 more.
 *
 * @param weights for each two taps the pairs low and high
 * @param pairs twos of taps
 */
export function resizeColumn(rows: usize, bytes: usize, weights: usize, pairs: usize, out: usize): void {
  for (let x: usize = 0; x < bytes; x += 16) {
    const half = i32x4.splat(HALF), zero = i32x4.splat(0);
    let l0 = half, l1 = half, l2 = half, l3 = half, h0 = zero, h1 = zero, h2 = zero, h3 = zero;
    let p = rows + x, w = weights;
    const end = weights + pairs * 8;
    do {
      const a = v128.load(p), b = v128.load(p + bytes);
      const lower = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const upper = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const q0 = i16x8.extend_low_i8x16_u(lower), q1 = i16x8.extend_high_i8x16_u(lower);
      const q2 = i16x8.extend_low_i8x16_u(upper), q3 = i16x8.extend_high_i8x16_u(upper);
      const low = v128.load32_splat(w), high = v128.load32_splat(w, 4);
      l0 = i32x4.add(l0, i32x4.dot_i16x8_s(q0, low));
      l1 = i32x4.add(l1, i32x4.dot_i16x8_s(q1, low));
      l2 = i32x4.add(l2, i32x4.dot_i16x8_s(q2, low));
      l3 = i32x4.add(l3, i32x4.dot_i16x8_s(q3, low));
      h0 = i32x4.add(h0, i32x4.dot_i16x8_s(q0, high));
      h1 = i32x4.add(h1, i32x4.dot_i16x8_s(q1, high));
      h2 = i32x4.add(h2, i32x4.dot_i16x8_s(q2, high));
      h3 = i32x4.add(h3, i32x4.dot_i16x8_s(q3, high));
      p += bytes * 2;
      w += 8;
    } while (w < end);
    const t0 = whole(l0, h0), t1 = whole(l1, h1), t2 = whole(l2, h2), t3 = whole(l3, h3);
    v128.store(
      out + x,
      i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(t0, t1), i16x8.narrow_i32x4_s(t2, t3)),
    );
  }
}

@inline
function whole(low: v128, high: v128): v128 {
  return i32x4.shr_s(i32x4.add(low, i32x4.shl(high, SPLIT)), FRACTION);
}
