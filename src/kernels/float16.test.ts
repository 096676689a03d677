import { describe, expect, it } from 'vitest';
import * as plain from '../formats/float16.ts';
import { NarrowingMemory, narrowToFloat16, widenFloat16 } from './float16.ts';

const bitsOf = (floats: Float32Array) => new Uint32Array(floats.buffer, floats.byteOffset, floats.length);

describe('half precision', () => {
  it('widens every pattern as the table does, bit for bit', () => {
    const halves = Uint16Array.from({ length: 65_536 }, (_, h) => h);
    const got = new Float32Array(65_539);
    const expected = new Float32Array(65_539);
    widenFloat16(halves, got, 3);
    plain.widenFloat16(halves, expected, 3);
    expect(bitsOf(got)).toEqual(bitsOf(expected));
  });

  it('narrows as the plain loop does: every exponent, ties, infinities and NaN', () => {
    // Every upper half of a float32, with lower halves around the rounding points.
    const lower = [0, 1, 0x0fff, 0x1000, 0x1001, 0x7fff, 0xefff, 0xf000, 0xf001, 0xffff];
    const floats = new Float32Array(65_536 * lower.length);
    const bits = bitsOf(floats);
    for (let i = 0; i < bits.length; i++) bits[i] = ((i % 65_536) << 16) | lower[Math.floor(i / 65_536)]!;
    expect(narrowToFloat16(floats)).toEqual(plain.narrowToFloat16(floats));
  });

  it.each([0, 1, 7, 8, 9, 16_383, 16_385])('takes %d numbers and no more', (n) => {
    const floats = Float32Array.from({ length: n }, (_, i) => i / 7 - 100);
    const target = new Uint16Array(n + 1).fill(77);
    narrowToFloat16(floats, target);
    expect(target[n]).toBe(77);
    expect(target.subarray(0, n)).toEqual(plain.narrowToFloat16(floats));
    const back = new Float32Array(n + 1).fill(77);
    widenFloat16(target.subarray(0, n), back);
    expect(back[n]).toBe(77);
  });

  it.each([0, 1, 8, 1001])('narrows %d numbers where they lie', (n) => {
    const memory = new NarrowingMemory(65_536);
    const floats = Float32Array.from({ length: n }, (_, i) => i / 7 - 100);
    const [before, after] = [new Uint8Array(memory.buffer, 0, 64), new Uint8Array(memory.buffer, 8192, 64)];
    for (const guard of [before, after]) guard.fill(77);
    const piece = new Uint8Array(memory.buffer, 64, 4 * n);
    piece.set(new Uint8Array(floats.buffer));
    const halves = memory.narrow(piece);
    expect(new Uint16Array(halves.slice().buffer)).toEqual(plain.narrowToFloat16(floats));
    for (const guard of [before, after]) expect(guard.every((byte) => byte === 77)).toBe(true);
  });
});
