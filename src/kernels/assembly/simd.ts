// Arithmetic on four floats at a time. No tables, no static data: the module stays a few kilobytes and needs no
// memory of its own.

/** a * b + c; one rounding instead of two in the relaxed build. */
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}

/** Sum of the four lanes, always in the same order. */
@inline
export function sum(a: v128): f32 {
  return (
    f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3))
  );
}

/** a > b ? yes : no */
@inline
export function select(a: v128, b: v128, yes: v128, no: v128): v128 {
  return v128.bitselect(yes, no, f32x4.gt(a, b));
}

/** NaN stays NaN. */
@inline
export function clamp(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high);
}

/**
 * e^x for x <= 88, within 2 ulp; everything below -87 counts as -87 (1.6e-38). Cody and Waite's reduction to
 * |r| <= ln 2 / 2, then the polynomial of Cephes' expf. Adding 1.5 * 2^23 rounds to an integer whose low bits are
 * then added to the exponent: float-to-integer conversion is slow in WebAssembly on x64.
 */
@inline
export function exp(x: v128): v128 {
  const round = f32x4.splat(12582912.0);
  const bounded = f32x4.pmax(x, f32x4.splat(-87.0));
  const shifted = f32x4.add(f32x4.mul(bounded, f32x4.splat(1.44269504)), round);
  const n = f32x4.sub(shifted, round);
  const r = f32x4.sub(
    f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375))),
    f32x4.mul(n, f32x4.splat(-2.1219444e-4)),
  );
  let p = fma(r, f32x4.splat(1.98756915e-4), f32x4.splat(1.3981999507e-3));
  p = fma(p, r, f32x4.splat(8.3334519073e-3));
  p = fma(p, r, f32x4.splat(4.1665795894e-2));
  p = fma(p, r, f32x4.splat(1.6666665459e-1));
  p = fma(p, r, f32x4.splat(5.0000001201e-1));
  p = fma(p, f32x4.mul(r, r), f32x4.add(r, f32x4.splat(1.0)));
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

/** arccos of [-1, 1], absolute error below 3e-7: Abramowitz and Stegun 4.4.46, sqrt(1 - a) times a polynomial. */
@inline
export function acos(x: v128): v128 {
  const a = f32x4.pmin(f32x4.abs(x), f32x4.splat(1.0));
  let p = fma(a, f32x4.splat(-0.0012624911), f32x4.splat(0.0066700901));
  p = fma(p, a, f32x4.splat(-0.0170881256));
  p = fma(p, a, f32x4.splat(0.030891881));
  p = fma(p, a, f32x4.splat(-0.0501743046));
  p = fma(p, a, f32x4.splat(0.0889789874));
  p = fma(p, a, f32x4.splat(-0.2145988016));
  p = fma(p, a, f32x4.splat(1.570796305));
  const positive = f32x4.mul(p, f32x4.sqrt(f32x4.sub(f32x4.splat(1.0), a)));
  return select(f32x4.splat(0.0), x, f32x4.sub(f32x4.splat(3.14159265359), positive), positive);
}

/** Derivative of acos with its denominator kept at or above `floor`. */
@inline
export function acosSlope(x: v128, floor: f32): v128 {
  const rest = f32x4.pmax(f32x4.sub(f32x4.splat(1.0), f32x4.mul(x, x)), f32x4.splat(0.0));
  return f32x4.div(f32x4.splat(-1.0), f32x4.pmax(f32x4.sqrt(rest), f32x4.splat(floor)));
}

/** Cosine for |x| up to a few turns, absolute error below 3e-7: reduction by pi, then Taylor's series to r^12. */
@inline
export function cos(x: v128): v128 {
  const round = f32x4.splat(12582912.0);
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(0.31830988618)), round);
  const n = f32x4.sub(shifted, round);
  const r = f32x4.sub(
    f32x4.sub(x, f32x4.mul(n, f32x4.splat(3.140625))),
    f32x4.mul(n, f32x4.splat(9.67653589793e-4)),
  );
  const q = f32x4.mul(r, r);
  let p = fma(q, f32x4.splat(2.08767570e-9), f32x4.splat(-2.75573192e-7));
  p = fma(p, q, f32x4.splat(2.48015873e-5));
  p = fma(p, q, f32x4.splat(-1.38888889e-3));
  p = fma(p, q, f32x4.splat(4.16666667e-2));
  p = fma(p, q, f32x4.splat(-0.5));
  p = fma(p, q, f32x4.splat(1.0));
  return v128.xor(p, i32x4.shl(shifted, 31)); // odd multiples of pi change the sign
}

@inline
export function sin(x: v128): v128 {
  return cos(f32x4.sub(x, f32x4.splat(1.57079632679)));
}

/**
 * Two rows times a panel of 16 columns: out[i] = scale_i * sum over n of row_i[n] * panel[n][0..15]. Eight
 * accumulators and four loads per eight multiply-adds keep both vector units of a core busy.
 *
 * @param stride bytes from one line of the panel to the next
 */
@inline
export function twoRows(
  panel: usize,
  stride: usize,
  row0: usize,
  row1: usize,
  length: usize,
  out0: usize,
  out1: usize,
  scale0: f32,
  scale1: f32,
): void {
  const zero = f32x4.splat(0);
  let a0 = zero, a1 = zero, a2 = zero, a3 = zero;
  let b0 = zero, b1 = zero, b2 = zero, b3 = zero;
  const end = row0 + length * 4;
  do {
    const x0 = v128.load(panel), x1 = v128.load(panel, 16), x2 = v128.load(panel, 32), x3 = v128.load(panel, 48);
    let w = v128.load32_splat(row0);
    a0 = fma(w, x0, a0);
    a1 = fma(w, x1, a1);
    a2 = fma(w, x2, a2);
    a3 = fma(w, x3, a3);
    w = v128.load32_splat(row1);
    b0 = fma(w, x0, b0);
    b1 = fma(w, x1, b1);
    b2 = fma(w, x2, b2);
    b3 = fma(w, x3, b3);
    panel += stride;
    row0 += 4;
    row1 += 4;
  } while (row0 < end);
  let s = f32x4.splat(scale0);
  v128.store(out0, f32x4.mul(a0, s));
  v128.store(out0, f32x4.mul(a1, s), 16);
  v128.store(out0, f32x4.mul(a2, s), 32);
  v128.store(out0, f32x4.mul(a3, s), 48);
  s = f32x4.splat(scale1);
  v128.store(out1, f32x4.mul(b0, s));
  v128.store(out1, f32x4.mul(b1, s), 16);
  v128.store(out1, f32x4.mul(b2, s), 32);
  v128.store(out1, f32x4.mul(b3, s), 48);
}
