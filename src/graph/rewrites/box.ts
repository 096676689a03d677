import { type Shape, withBatch } from '../shape.ts';

/** Elements start .. end - 1 of one axis. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A part of a value: a range of every axis. The batch counts as one element, so it is always whole. */
export type Box = readonly Range[];

export const wholeBox = (shape: Shape): Box => withBatch(shape, 1).map((end) => ({ start: 0, end }));

export const length = ({ start, end }: Range): number => end - start;

/** Shape of the part of a value of that shape. */
export const shapeOf = (shape: Shape, box: Box): Shape =>
  shape.map((d, i) => (d === 'N' ? d : length(box[i]!)));

export const volume = (box: Box): number => box.reduce((n, range) => n * length(range), 1);

export const contains = (outer: Box, inner: Box): boolean =>
  outer.every(({ start, end }, i) => start <= inner[i]!.start && inner[i]!.end <= end);

const hull = (a: Box, b: Box): Box =>
  a.map(({ start, end }, i) => ({ start: Math.min(start, b[i]!.start), end: Math.max(end, b[i]!.end) }));

/** Boxes that hold all the given ones; two become one where that has no more elements than both have apart. */
export function merge(boxes: readonly Box[]): readonly Box[] {
  let merged: Box[] = [];
  for (const box of boxes) {
    let grown = box;
    for (;;) {
      const other = merged.find((m) => volume(hull(grown, m)) <= volume(grown) + volume(m));
      if (!other) break;
      grown = hull(grown, other);
      merged = merged.filter((m) => m !== other);
    }
    merged.push(grown);
  }
  return merged;
}
