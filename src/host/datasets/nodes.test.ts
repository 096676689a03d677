import { expect, it } from 'vitest';
import type { DatasetStatus } from '../../run/dataset-status.ts';
import { surveyNodes } from './nodes.ts';

const set = (key: string, more: Partial<DatasetStatus>): DatasetStatus => ({
  key,
  title: `The ${key}`,
  page: `https://example.org/${key}`,
  state: 'present',
  missing: [],
  ...more,
});

it('shows what is there first, with counts, and what is missing', () => {
  const nodes = surveyNodes({
    root: '/data',
    sets: [
      set('a', { state: 'absent', missing: ['a/'] }),
      set('b', { state: 'incomplete', missing: ['train.csv'] }),
      set('c', { annotation: '/data/c/train.csv', classes: 9510, images: 141_931 }),
      set('d', { state: 'incomplete', missing: ['2 of 7 images'], classes: 2, images: 7, missingImages: 2 }),
      set('e', {}),
    ],
  });
  expect(nodes.map(({ label, description, icon }) => [label, description, icon])).toEqual([
    ['c', '9,510 classes, 141,931 images', 'pass'],
    ['e', '', 'pass'],
    ['b', 'incomplete: train.csv', 'warning'],
    ['d', '2 classes, 7 images, incomplete: 2 of 7 images', 'warning'],
    ['a', 'not here', 'circle-outline'],
  ]);
  expect(nodes[0]!.children.map(({ label, description }) => [label, description])).toEqual([
    ['images', '141,931'],
    ['annotation', '/data/c/train.csv'],
    ['download page', 'https://example.org/c'],
    ['classes', '9,510'],
  ]);
  const pages = nodes.map(({ children }) => children.find(({ page }) => page)?.page);
  expect(pages).toEqual([
    { set: 'c', from: 0 },
    { set: 'e', from: 0 },
    undefined,
    { set: 'd', from: 0 },
    undefined,
  ]);
  expect(nodes[2]!.tooltip).toBe('The b\nmissing: train.csv');
  const ids = nodes.flatMap((node) => [node.id, ...node.children.map(({ id }) => id)]);
  expect(new Set(ids).size).toBe(ids.length);
});
