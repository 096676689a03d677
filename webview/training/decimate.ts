export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * At most about `2 * columns` points of a curve whose entry i lies at x = i + 1: for every pixel column its minimum
 * and maximum in their order, so that no spike is lost. The first and last visible points are kept.
 *
 * @param from first x to show, inclusive
 * @param to last x to show, inclusive
 */
export function decimate(values: ArrayLike<number>, from: number, to: number, columns: number): Point[] {
  // One point beyond each edge, so that lines run to the border of the chart.
  const first = Math.max(0, Math.floor(from) - 2);
  const last = Math.min(values.length - 1, Math.ceil(to));
  const points: Point[] = [];
  const add = (i: number) => {
    if (i >= 0 && points.at(-1)?.x !== i + 1) points.push({ x: i + 1, y: values[i] ?? Number.NaN });
  };
  const count = last - first + 1;
  if (count <= 2 * columns) {
    for (let i = first; i <= last; i++) add(i);
    return points;
  }
  add(first);
  const width = count / columns;
  for (let c = 0; c < columns; c++) {
    const end = Math.min(last + 1, first + Math.round((c + 1) * width));
    let low = -1;
    let high = -1;
    for (let i = first + Math.round(c * width); i < end; i++) {
      const value = values[i]!;
      if (!Number.isFinite(value)) continue;
      if (low < 0 || value < values[low]!) low = i;
      if (high < 0 || value > values[high]!) high = i;
    }
    add(Math.min(low, high));
    add(Math.max(low, high));
  }
  add(last);
  return points;
}
