import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Corners, cropBox } from './crop-box.ts';

type Case = [width: number, height: number, box: Corners, cut: [number, number, number, number] | null];
const cases: Case[] = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/preprocess/boxes.json', import.meta.url), 'utf8'),
);

it('cuts where Pillow cuts', () => {
  for (const [width, height, box, cut] of cases) {
    const got = cropBox(box, width, height);
    expect(got ? [got.x, got.y, got.width, got.height] : null, `${box} in ${width} x ${height}`).toEqual(cut);
  }
});

it('adds 2 % on each side', () =>
  expect(cropBox([100, 50, 200, 250], 1000, 1000)).toEqual({ x: 98, y: 46, width: 104, height: 208 }));
