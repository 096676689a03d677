// IEEE 754 binary16 <-> binary32, eight numbers at a time, by integer arithmetic alone.

@inline
function widen(h: v128): v128 {
  const sign = i32x4.shl(v128.and(h, i32x4.splat(0x8000)), 16);
  const moved = i32x4.shl(v128.and(h, i32x4.splat(0x7fff)), 13);
  const exponent = v128.and(moved, i32x4.splat(0x0f800000));
  const normal = i32x4.add(moved, i32x4.splat(112 << 23));
  // All exponent bits set: infinity or NaN keep them so. None set: zero or subnormal, which the unit normalises.
  const special = i32x4.add(normal, v128.and(i32x4.eq(exponent, i32x4.splat(0x0f800000)), i32x4.splat(112 << 23)));
  const tiny = f32x4.sub(i32x4.add(normal, i32x4.splat(1 << 23)), i32x4.splat(113 << 23));
  return v128.or(sign, v128.bitselect(tiny, special, i32x4.eq(exponent, i32x4.splat(0))));
}

@inline
function narrow(x: v128): v128 {
  const sign = v128.and(i32x4.shr_u(x, 16), i32x4.splat(0x8000));
  const size = v128.and(x, i32x4.splat(0x7fffffff));
  // Half a unit in the last place, and one less where that leaves an even number.
  const odd = v128.and(i32x4.shr_u(size, 13), i32x4.splat(1));
  const normal = i32x4.shr_u(i32x4.add(i32x4.add(size, odd), i32x4.splat(0xfff - 0x38000000)), 13);
  // Subnormal: adding 0.5 moves the fraction to where binary32 rounds it for us.
  const tiny = i32x4.sub(f32x4.add(size, f32x4.splat(0.5)), i32x4.splat(0x3f000000));
  const nan = v128.and(i32x4.gt_s(size, i32x4.splat(0x7f800000)), i32x4.splat(0x0200));
  const huge = v128.or(i32x4.splat(0x7c00), nan);
  const small = v128.bitselect(tiny, normal, i32x4.lt_s(size, i32x4.splat(0x38800000)));
  return v128.or(sign, v128.bitselect(huge, small, i32x4.ge_s(size, i32x4.splat(0x47800000))));
}

/** n is a multiple of 8. */
export function toFloat32(from: usize, to: usize, n: usize): void {
  for (const end = from + n * 2; from < end; from += 16) {
    const h = v128.load(from);
    v128.store(to, widen(i32x4.extend_low_i16x8_u(h)));
    v128.store(to, widen(i32x4.extend_high_i16x8_u(h)), 16);
    to += 32;
  }
}

/** n is a multiple of 8. Rounds to nearest, ties to even. */
export function toFloat16(from: usize, to: usize, n: usize): void {
  for (const end = from + n * 4; from < end; from += 32) {
    v128.store(to, i16x8.narrow_i32x4_u(narrow(v128.load(from)), narrow(v128.load(from, 16))));
    to += 16;
  }
}
