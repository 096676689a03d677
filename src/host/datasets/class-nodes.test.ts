import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { ClassSamples } from '../../run/dataset-samples.ts';
import { classNodes, failureNodes, samplesArguments } from './class-nodes.ts';

const root = resolve('data');
const outside = resolve('elsewhere', 'b.jpg');
const listed = Array.from(
  { length: 200 },
  (_, label): ClassSamples => ({
    label,
    id: `id ${label}`,
    images: label === 0 ? 2500 : 1,
    samples: label === 0 ? ['set/a.jpg', outside] : [`set/${label}.jpg`],
  }),
);

it('shows classes by label with their images, and where there are more', () => {
  const nodes = classNodes({ set: 'set', from: 0 }, { root, classes: 401, listed });
  expect(nodes.slice(0, 2).map(({ label, description }) => [label, description])).toEqual([
    ['id 0', '2,500 images'],
    ['id 1', '1 image'],
  ]);
  expect(nodes[0]!.children.map(({ label, description, file }) => [label, description, file])).toEqual([
    ['a.jpg', '', resolve(root, 'set', 'a.jpg')],
    [outside.slice(-5), '', outside],
    ['…', 'the first 2 of 2,500 images', undefined],
  ]);
  expect(nodes[1]!.children).toHaveLength(1);
  expect(nodes.slice(200).map(({ description, page }) => [description, page])).toEqual([
    ['labels 200 to 399', { set: 'set', from: 200 }],
    ['label 400', { set: 'set', from: 400 }],
  ]);
  const later = classNodes({ set: 'set', from: 200 }, { root, classes: 401, listed: [] });
  expect(later).toEqual([]);
  const ids = nodes.flatMap((node) => [node.id, ...node.children.map(({ id }) => id)]);
  expect(new Set(ids).size).toBe(ids.length);
});

it('asks for one page', () => {
  const page = { set: 'rp2k', from: 200 };
  const start = ['dataset', 'rp2k', '/d', '--json', '--samples', '20', '--from-label', '200'];
  expect(samplesArguments(page, '/d', undefined)).toEqual(start);
  expect(samplesArguments(page, '/d', '/c')).toEqual([...start, '--cache-dir', '/c']);
});

it('says what to do when classes cannot be listed', () => {
  const page = { set: 'rp2k', from: 0 };
  const message = 'rp2k: 3 lines left out\nerror: t.csv: no column\n  expected: x\n  to do:    rename it\n';
  const nodes = failureNodes(page, message);
  expect(nodes.map(({ label, description, tooltip }) => [label, description, tooltip])).toEqual([
    ['cannot be listed', 't.csv: no column', message],
    ['rename it', 'then Refresh Datasets', message],
  ]);
  expect(failureNodes(page, 'spawn failed')[0]!.description).toBe('spawn failed');
});
