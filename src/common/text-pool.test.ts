import { describe, expect, it } from 'vitest';
import { dataViewOf, TextPool } from './text-pool.ts';

const texts = Array.from({ length: 5000 }, (_, i) => `${'ä/'.repeat(i % 30)}${i}`);

function poolOf(strings: readonly string[]): TextPool {
  const pool = new TextPool();
  for (const text of strings) pool.push(text);
  return pool;
}
const strings = (pool: TextPool) => Array.from({ length: pool.length }, (_, i) => pool.get(i));

describe('TextPool', () => {
  it('keeps strings and picks some', () => {
    const pool = new TextPool();
    texts.forEach((text, i) => {
      expect(pool.push(text)).toBe(i);
    });
    expect(strings(pool)).toEqual(texts);
    expect(strings(pool.pick(Int32Array.of(4999, 0, 7)))).toEqual([texts[4999], texts[0], texts[7]]);
  });

  it('is taken apart and joined', () => {
    const [first, second] = [poolOf(texts.slice(0, 700)), poolOf(texts.slice(700))];
    const joined = TextPool.join([first.parts(), poolOf([]).parts(), second.parts()]);
    expect(strings(joined)).toEqual(texts);
    expect(TextPool.join([]).length).toBe(0);
  });

  it.each([
    ['ASCII', texts.map((text) => text.replaceAll('ä', 'a'))],
    ['others', texts],
  ])('gives many strings at once: %s', (_, all) => {
    const pool = poolOf(all);
    for (const [from, to] of [
      [0, 5000],
      [1200, 1234],
      [4999, 5000],
      [7, 7],
    ] as const)
      expect(pool.strings(from, to)).toEqual(all.slice(from, to));
  });

  it('compares without making strings', () => {
    const pool = poolOf(['', 'abc', 'ä']);
    const text = dataViewOf(Buffer.from('abcä'));
    expect([0, 1, 2].map((i) => pool.byteLength(i))).toEqual([0, 3, 2]);
    expect([0, 1, 2].map((i) => pool.standsAt(i, text, 0))).toEqual([true, true, false]);
    expect([0, 1, 2].map((i) => pool.standsAt(i, text, 3))).toEqual([true, false, true]);
    expect(pool.standsAt(2, text, 4)).toBe(false); // ends too early
  });

  it('compares every byte', () => {
    const pool = poolOf(['x', ...texts.slice(30, 60)]);
    for (let i = 1; i < pool.length; i++) {
      const own = Buffer.from(`..${pool.get(i)}`);
      expect(pool.standsAt(i, dataViewOf(own), 2)).toBe(true);
      for (let at = 0; at < own.length; at++) {
        const other = Buffer.from(own);
        other[at]! ^= 1;
        expect(pool.standsAt(i, dataViewOf(other), 2)).toBe(at < 2);
      }
    }
  });
});
