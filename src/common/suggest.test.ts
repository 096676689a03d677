import { expect, test } from 'vitest';
import { alignmentDistance, nearest } from './suggest.ts';

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', 'abd', 1],
  ['abc', 'acb', 1],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
])('%s to %s: %i', (a, b, distance) => {
  expect(alignmentDistance(a, b)).toBe(distance);
  expect(alignmentDistance(b, a)).toBe(distance);
});

test.each([
  ['embeding_dim', 'embedding_dim'],
  ['EMBEDDINGDIM', 'embedding_dim'],
  ['wieght_decay', 'weight_decay'],
  ['mom', 'momentum'],
  ['momentum_of_sgd_and_more', 'momentum'],
  ['mo', undefined],
  ['zzz', undefined],
])('%s: did you mean %s?', (word, expected) => {
  expect(nearest(word, ['embedding_dim', 'weight_decay', 'momentum'])).toBe(expected);
});
