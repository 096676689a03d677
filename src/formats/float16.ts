/** Half-precision floats as 16-bit patterns: IEEE 754 binary16 and bfloat16 (the upper half of binary32). */

let float16Bits: Uint32Array | undefined;

/** binary32 pattern of every binary16 pattern: a table look-up is the fastest conversion that JavaScript has. */
function float16Table(): Uint32Array {
  if (float16Bits) return float16Bits;
  const table = new Uint32Array(65536);
  const value = new Float32Array(1);
  const bits = new Uint32Array(value.buffer);
  for (let h = 0; h < 65536; h++) {
    const sign = (h & 0x8000) << 16;
    const exponent = (h >>> 10) & 0x1f;
    const fraction = h & 0x3ff;
    if (exponent === 0) {
      value[0] = fraction * 2 ** -24;
      table[h] = (bits[0]! | sign) >>> 0;
    } else {
      const widened = exponent === 31 ? 255 : exponent + 112;
      table[h] = (sign | (widened << 23) | (fraction << 13)) >>> 0;
    }
  }
  float16Bits = table;
  return table;
}

/** Widens `source` into `target` from index `at`. Exact. */
export function widenFloat16(source: Uint16Array, target: Float32Array, at = 0): void {
  const table = float16Table();
  const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let i = 0; i < source.length; i++) bits[at + i] = table[source[i]!]!;
}

/** Widens `source` into `target` from index `at`. Exact. */
export function widenBfloat16(source: Uint16Array, target: Float32Array, at = 0): void {
  const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let i = 0; i < source.length; i++) bits[at + i] = source[i]! << 16;
}

/** Rounds to nearest, ties to even; beyond 65504 becomes infinity, as in NumPy. */
export function narrowToFloat16(source: Float32Array, target = new Uint16Array(source.length)): Uint16Array {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  const half = new Float32Array(1);
  const halfBits = new Uint32Array(half.buffer);
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i]!;
    const sign = (x >>> 16) & 0x8000;
    const magnitude = x & 0x7fffffff;
    if (magnitude >= 0x47800000) target[i] = sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
    else if (magnitude >= 0x38800000)
      target[i] = sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
    else {
      // Subnormal: adding 0.5 shifts the fraction to where binary32 rounds it for us.
      half[0] = Math.abs(source[i]!) + 0.5;
      target[i] = sign | (halfBits[0]! - 0x3f000000);
    }
  }
  return target;
}

/** Rounds to nearest, ties to even. */
export function narrowToBfloat16(source: Float32Array, target = new Uint16Array(source.length)): Uint16Array {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i]!;
    target[i] = (x & 0x7fffffff) > 0x7f800000 ? (x >>> 16) | 0x40 : (x + 0x7fff + ((x >>> 16) & 1)) >>> 16;
  }
  return target;
}
