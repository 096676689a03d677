import { describe, expect, test } from 'vitest';
import { Rng } from '../../src/common/rng.ts';
import { applyEdits, type TextEdit } from '../../src/language/edits.ts';
import { applyChange, changeOf, compose, editsOf, type TextChange, transform } from './text-change.ts';

const edit = (start: number, end: number, newText: string): TextEdit => ({ start, end, newText });

describe('changes and edits', () => {
  test.each<[string, TextEdit[], TextChange, string]>([
    ['an insertion', [edit(2, 2, 'x')], [2, 'x'], 'abxcdef'],
    ['a deletion at the start', [edit(0, 2, '')], [-2], 'cdef'],
    ['a replacement', [edit(1, 3, 'xyz')], [1, 'xyz', -2], 'axyzdef'],
    ['two places, from the end', [edit(4, 5, ''), edit(1, 1, 'x')], [1, 'x', 3, -1], 'axbcdf'],
    ['neighbours', [edit(2, 4, 'y'), edit(0, 2, 'x')], ['xy', -4], 'xyef'],
    ['two insertions at one place', [edit(1, 1, 'second'), edit(1, 1, 'first')], [1, 'firstsecond'], ''],
  ])('%s', (_, edits, change, after) => {
    expect(changeOf(edits)).toEqual(change);
    if (after !== '') expect(applyEdits('abcdef', edits)).toBe(after);
    expect(applyChange('abcdef', change)).toBe(applyChange('abcdef', changeOf(editsOf(change))));
  });

  test('nothing', () => {
    expect(changeOf([])).toEqual([]);
    expect(changeOf([edit(3, 3, '')])).toEqual([]);
    expect(editsOf([])).toEqual([]);
  });
});

describe('transform', () => {
  test.each<[string, TextChange, TextChange, string]>([
    ['apart', [1, 'L'], [5, 'R'], 'aLbcdeRf'],
    ['at one place the remote text comes first', [3, 'L'], [3, 'R'], 'abcRLdef'],
    ['text inside of what the other side deletes stays', [3, 'L'], [1, -4], 'aLf'],
    ['both delete', [1, -3], [2, -3], 'af'],
    ['both replace the same', [1, 'L', -2], [1, 'R', -2], 'aRLdef'],
  ])('%s', (_, local, remote, after) => {
    const over = transform(local, remote);
    expect(applyChange(applyChange('abcdef', local), over.remote)).toBe(after);
    expect(applyChange(applyChange('abcdef', remote), over.local)).toBe(after);
  });
});

/** Edits of a text of that length at random places, as an editor reports them: from the end. */
function randomEdits(length: number, rng: Rng): TextEdit[] {
  const places = Array.from({ length: 2 * (1 + rng.below(3)) }, () => rng.below(length + 1)).sort(
    (a, b) => a - b,
  );
  const edits: TextEdit[] = [];
  for (let i = 0; i < places.length; i += 2) {
    const newText = 'xyz'.slice(0, rng.below(4)).repeat(1 + rng.below(3));
    edits.unshift(edit(places[i]!, rng.below(2) === 0 ? places[i]! : places[i + 1]!, newText));
  }
  return edits;
}

test('random changes: composition is application in turn, and both orders give one text', () => {
  const rng = new Rng(7);
  for (let round = 0; round < 3000; round++) {
    const text = 'abcdefghijklmnopqrstuvwxyz'.slice(0, rng.below(27));
    const first = changeOf(randomEdits(text.length, rng));
    const between = applyChange(text, first);
    const second = changeOf(randomEdits(between.length, rng));
    expect(applyChange(text, compose(first, second))).toBe(applyChange(between, second));
    expect(applyEdits(text, editsOf(first))).toBe(between);
    const other = changeOf(randomEdits(text.length, rng));
    const over = transform(first, other);
    expect(applyChange(between, over.remote)).toBe(applyChange(applyChange(text, other), over.local));
  }
});
