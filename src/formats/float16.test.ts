import { describe, expect, it } from 'vitest';
import { narrowToBfloat16, narrowToFloat16, widenBfloat16, widenFloat16 } from './float16.ts';

const widen = (h: number) => {
  const out = new Float32Array(1);
  widenFloat16(Uint16Array.of(h), out);
  return out[0]!;
};
const narrow = (x: number) => narrowToFloat16(Float32Array.of(x))[0]!;

describe('float16', () => {
  it('widens zero, subnormals, normals, infinity and NaN', () => {
    expect(Object.is(widen(0x8000), -0)).toBe(true);
    expect(widen(0x0001)).toBe(2 ** -24);
    expect(widen(0x3c00)).toBe(1);
    expect(widen(0xc000)).toBe(-2);
    expect(widen(0x7bff)).toBe(65504);
    expect(widen(0xfc00)).toBe(-Infinity);
    expect(widen(0x7e00)).toBeNaN();
  });

  it('narrows every widened value back to itself', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((h) => (h & 0x7fff) <= 0x7c00);
    const wide = new Float32Array(all.length);
    widenFloat16(all, wide);
    expect(narrowToFloat16(wide)).toEqual(all);
  });

  it('rounds to nearest, ties to even', () => {
    expect(narrow(1 + 2 ** -11)).toBe(0x3c00);
    expect(narrow(1 + 3 * 2 ** -11)).toBe(0x3c02);
    expect(narrow(1 + 2 ** -11 + 2 ** -20)).toBe(0x3c01);
    expect(narrow(2 ** -25)).toBe(0);
    expect(narrow(3 * 2 ** -25)).toBe(2);
    expect(narrow(65519)).toBe(0x7bff);
    expect(narrow(65520)).toBe(0x7c00);
    expect(narrow(Number.NaN) & 0x7fff).toBeGreaterThan(0x7c00);
  });
});

describe('bfloat16', () => {
  it('keeps the upper half and rounds ties to even', () => {
    const out = new Float32Array(3);
    widenBfloat16(Uint16Array.of(0x3f80, 0xc000, 0x7f80), out);
    expect([...out]).toEqual([1, -2, Infinity]);
    const narrowed = narrowToBfloat16(Float32Array.of(1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, Number.NaN));
    expect([...narrowed.subarray(0, 3)]).toEqual([0x3f80, 0x3f80, 0x3f82]);
    expect(narrowed[3]! & 0x7fff).toBeGreaterThan(0x7f80);
  });
});
