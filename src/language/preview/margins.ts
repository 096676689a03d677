import type { ClassSize } from '../../config/registries.ts';
import type { Config } from '../../config/schema/index.ts';
import { classMargins } from '../../heads/dynm-arcface.ts';
import { count } from '../dataset-items.ts';
import type { TrainingFacts } from './training-facts.ts';
import type { MarginPreview, Point } from './types.ts';

/** Images of the smallest and largest class where the data is not known. */
const ASSUMED = [3, 100] as const;
const MAX_POINTS = 200;
const MAX_BINS = 40;

/** Margin by class size, and how many classes there are of each; undefined for heads with a single margin. */
export function previewMargins({ MODEL: { HEAD } }: Config, data: TrainingFacts): MarginPreview | undefined {
  if (HEAD.name !== 'DynM-ArcFace') return undefined;
  const { classSizes = [] } = data;
  const least = classSizes[0]?.images ?? ASSUMED[0];
  const most = classSizes.at(-1)?.images ?? ASSUMED[1];
  const sizes = spread(least, most, MAX_POINTS);
  const margins = classMargins(Int32Array.from(sizes), HEAD.m_min, HEAD.m_max);
  const range = least === most ? `${count(least)} images` : `${count(least)} to ${count(most)} images`;
  return {
    curve: sizes.map((x, i) => ({ x, y: margins[i]! })),
    classes: binned(classSizes, least, most),
    note:
      classSizes.length > 0
        ? `${data.about}${count(data.classes ?? 0)} classes of ${range}`
        : `Class sizes are not known: drawn for ${range}.`,
  };
}

/** Whole numbers from least to most, at most `points` of them. */
function spread(least: number, most: number, points: number): number[] {
  const steps = Math.min(points - 1, most - least);
  if (steps === 0) return [least];
  return Array.from({ length: steps + 1 }, (_, i) => least + Math.round((i * (most - least)) / steps));
}

/** Numbers of classes in bins of equal width; the last point closes the last bin. */
function binned(sizes: readonly ClassSize[], least: number, most: number): Point[] {
  if (sizes.length === 0) return [];
  const width = Math.ceil((most - least + 1) / MAX_BINS);
  const bins = Array.from({ length: Math.ceil((most - least + 1) / width) }, (_, i) => ({
    x: least + i * width,
    y: 0,
  }));
  for (const { images, classes } of sizes) bins[Math.floor((images - least) / width)]!.y += classes;
  return [...bins, { x: least + bins.length * width, y: 0 }];
}
