import { internalError } from '../common/errors.ts';

/** Axis length; `N` is the batch, known only at run time, and stands in the first place or nowhere. */
export type Dim = number | 'N';
export type Shape = readonly Dim[];

export const shapeText = (shape: Shape): string => `[${shape.join(', ')}]`;

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i]);

/** Length of an axis that must be known; negative counts from the end. */
export function axisLength(shape: Shape, axis: number): number {
  const d = shape.at(axis);
  if (typeof d !== 'number') throw internalError(`axis ${axis} of ${shapeText(shape)} has no known length`);
  return d;
}

/** Number of elements for one image: the batch counts as 1. */
export function elementsPerImage(shape: Shape): number {
  return shape.reduce<number>((n, d) => n * (d === 'N' ? 1 : d), 1);
}

/** The shape with a number in the batch's place. */
export function withBatch(shape: Shape, batch: number): number[] {
  return shape.map((d) => (d === 'N' ? batch : d));
}

/** Broadcast as NumPy does: axes are aligned at the end, 1 stretches. */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const result: Dim[] = [];
  for (let i = -rank; i < 0; i++) {
    const p = a.at(i) ?? 1;
    const q = b.at(i) ?? 1;
    if (-i > a.length || p === 1) result.push(-i > b.length ? p : q);
    else if (-i > b.length || q === 1 || p === q) result.push(p);
    else throw internalError(`${shapeText(a)} and ${shapeText(b)} do not broadcast`);
  }
  return result;
}
