// Vectors as 16-bit integers, for products that are eight times as fast as float64 ones and wrong by a known amount.
// docs/kernels.md, "Exact search", derives the numbers.

/** Largest length of a quantised vector: the product of two, with the error's bound, stays below 2^31. */
@inline
function longest(dim: usize): f64 {
  return 46330 - sqrt<f64>(<f64>dim);
}

/**
 * How much smaller than the exact product the product of two quantised vectors can be, in units of their scales:
 * 2 (sqrt(d) / 2) |x^| for rounding to integers, 512 for what follows in float32 (2^31 times four roundings).
 */
export function productSlack(dim: usize): i32 {
  return <i32>ceil<f64>(sqrt<f64>(<f64>dim) * 46335) + 512;
}

/** Sum of squares in float64. */
function squaredLength(x: usize, dim: usize): f64 {
  let total = f64x2.splat(0);
  const end = x + (dim & ~1) * 4;
  for (; x < end; x += 8) {
    const v = f64x2.promote_low_f32x4(v128.load64_zero(x));
    total = f64x2.add(total, f64x2.mul(v, v));
  }
  const last = dim & 1 ? <f64>load<f32>(end) : 0;
  return f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1) + last * last;
}

/** Squared length of the vector that was quantised last, measured from the centre. */
export let centredSquare: f64 = 0;
/** Its scale: scale x integers = vector - centre, up to half a scale per number. */
export let scale: f32 = 0;

/**
 * Quantises x - centre, or x / |x| - centre for cosines (a vector without length stays zero). Pairs of integers are
 * written `stride` bytes apart.
 *
 * @param centre [padded] float64
 * @param scratch [padded] float64; what lies beyond `dim` is zero
 * @param padded dim rounded up to even
 * @returns squared length of x itself
 */
export function quantise(
  x: usize, dim: usize, padded: usize, cosine: bool, centre: usize, scratch: usize, out: usize, stride: usize,
): f64 {
  const square = squaredLength(x, dim), zero = f64x2.splat(0);
  const factor = cosine ? (square > 0 ? 1 / sqrt<f64>(square) : 0) : 1;
  const by = f64x2.splat(factor);
  let total = zero, highest = zero;
  let from: usize = 0;
  for (; from < (dim & ~1); from += 2) {
    const v = f64x2.promote_low_f32x4(v128.load64_zero(x + from * 4));
    const c = f64x2.sub(f64x2.mul(v, by), v128.load(centre + from * 8));
    v128.store(scratch + from * 8, c);
    total = f64x2.add(total, f64x2.mul(c, c));
    highest = f64x2.pmax(highest, f64x2.abs(c));
  }
  if (dim & 1) {
    const c = f64x2.replace_lane(zero, 0, <f64>load<f32>(x + from * 4) * factor - load<f64>(centre + from * 8));
    v128.store(scratch + from * 8, c);
    total = f64x2.add(total, f64x2.mul(c, c));
    highest = f64x2.pmax(highest, f64x2.abs(c));
  }
  centredSquare = f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
  const peak = max<f64>(f64x2.extract_lane(highest, 0), f64x2.extract_lane(highest, 1));
  scale = <f32>max<f64>(max<f64>(sqrt<f64>(centredSquare) / longest(dim), peak / 32767), 1e-30);

  // Adding 1.5 * 2^52 leaves the nearest integer in the lowest bits.
  const inverse = f64x2.splat(1 / <f64>scale), round = f64x2.splat(6755399441055744);
  for (let i: usize = 0; i < padded; i += 2) {
    const n = f64x2.add(f64x2.mul(v128.load(scratch + i * 8), inverse), round);
    v128.store32_lane(out, i8x16.shuffle(n, n, 0, 1, 8, 9, 0, 1, 8, 9, 0, 1, 8, 9, 0, 1, 8, 9), 0);
    out += stride;
  }
  return square;
}
