import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/fixtures/temporary-folder.ts';
import { RunHistory } from '../run/history.ts';
import { drawCharts, thin } from './charts.ts';

describe('thin', () => {
  test('keeps a short curve', () => {
    expect(thin([3, 1, 2])).toEqual([
      { x: 1, y: 3 },
      { x: 2, y: 1 },
      { x: 3, y: 2 },
    ]);
  });

  test('keeps spikes of a long one', () => {
    const values = Array.from({ length: 100_000 }, () => 1);
    values[77_777] = 99;
    values[77_779] = -99;
    const points = thin(values, 1_000);
    expect(points.length).toBeLessThanOrEqual(1_000);
    expect(points).toContainEqual({ x: 77_778, y: 99 });
    expect(points).toContainEqual({ x: 77_780, y: -99 });
    expect(points.every((p, i) => i === 0 || p.x > points[i - 1]!.x)).toBe(true);
  });
});

test('charts are pictures with axes and a curve in its colour', async () => {
  const dir = temporaryFolder();
  const history = new RunHistory();
  for (let i = 0; i < 500; i++) {
    history.loss.push(10 * Math.exp(-i / 100));
    history.lrAfter.push(0.02 * (1 - i / 500));
  }
  await drawCharts(dir, history);
  for (const [file, colour] of [
    ['train_loss.png', [155, 188, 224]],
    ['lrs_scheduling.png', [46, 134, 171]],
  ] as const) {
    const { data, info } = await sharp(join(dir, file))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([1200, 700]);
    let found = 0;
    for (let i = 0; i < data.length; i += 3)
      if (colour.every((c, k) => Math.abs(data[i + k]! - c) < 12)) found++;
    expect(found, file).toBeGreaterThan(500);
  }
});
