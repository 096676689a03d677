import type { Box } from '../image/resize.ts';

/** Left, top, right, bottom in pixels; right and bottom are the first that lie outside. */
export type Corners = readonly [left: number, top: number, right: number, bottom: number];

/** Share of the box's width and height that is added on each side. */
const MARGIN = 0.02;

/**
 * The pixels to cut out for an annotated box: enlarged, clipped to the image, then rounded as Pillow's `Image.crop`
 * does (ties to even). Undefined when nothing of the image is left.
 *
 * @param width of the image, pixels
 * @param height of the image, pixels
 */
export function cropBox([left, top, right, bottom]: Corners, width: number, height: number): Box | undefined {
  const dx = (right - left) * MARGIN;
  const dy = (bottom - top) * MARGIN;
  const x = roundToEven(Math.max(left - dx, 0));
  const y = roundToEven(Math.max(top - dy, 0));
  const box = {
    x,
    y,
    width: roundToEven(Math.min(right + dx, width)) - x,
    height: roundToEven(Math.min(bottom + dy, height)) - y,
  };
  return box.width > 0 && box.height > 0 ? box : undefined;
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
