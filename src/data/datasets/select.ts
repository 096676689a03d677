import { Rng } from '../../common/rng.ts';
import type { CollectedRows } from './collect.ts';
import type { DatasetDefinition } from './definition.ts';

export interface Selection {
  /** Class ids by label. */
  readonly classNames: string[];
  /** Kept rows in file order. */
  readonly rows: Int32Array;
  /** [kept rows] label, from 0. */
  readonly labels: Int32Array;
  /** [classes] kept images. */
  readonly counts: Int32Array;
  /** Classes left out for having fewer than `min` images. */
  readonly droppedClasses: number;
  readonly droppedImages: number;
  /** Classes reduced to `max` images. */
  readonly reducedClasses: number;
}

/**
 * Applies min and max and numbers the remaining classes. Which images of a large class stay depends on the seed, the
 * set and the class alone, so it is the same on every machine and with every combination of sets.
 */
export function selectRows(
  rows: CollectedRows,
  set: Pick<DatasetDefinition, 'key' | 'min' | 'max' | 'order' | 'textLabels'>,
  seed: number,
): Selection {
  const { ids, classes } = set.textLabels
    ? { ids: rows.classIds, classes: rows.classes }
    : mergeNumbers(rows);
  const sizes = new Int32Array(ids.length);
  for (let row = 0; row < classes.length; row++) sizes[classes[row]!]!++;
  const order = [...ids.keys()].filter((c) => sizes[c]! >= Math.max(1, set.min));
  if (set.order === 'sorted') {
    const numeric = !set.textLabels && ids.every(isNumber);
    order.sort((a, b) => (numeric ? Number(ids[a]) - Number(ids[b]) : compareCodePoints(ids[a]!, ids[b]!)));
  }
  const labelOf = new Int32Array(ids.length).fill(-1);
  order.forEach((c, label) => {
    labelOf[c] = label;
  });
  const keep = keepAtMost(set.max, ids, sizes, classes, new Map(), set.key, seed);
  const kept = new Int32Array(classes.length);
  const labels = new Int32Array(classes.length);
  const counts = new Int32Array(order.length);
  let images = 0;
  let droppedImages = 0;
  for (let row = 0; row < classes.length; row++) {
    const label = labelOf[classes[row]!]!;
    if (label < 0) droppedImages++;
    else if (keep(row)) {
      kept[images] = row;
      labels[images++] = label;
      counts[label]!++;
    }
  }
  return {
    classNames: order.map((c) => ids[c]!),
    rows: kept.slice(0, images),
    labels: labels.slice(0, images),
    counts,
    droppedClasses: ids.length - order.length,
    droppedImages,
    reducedClasses: order.filter((c) => sizes[c]! > set.max).length,
  };
}

/** A test, to be asked for every row in order, whether the row is among the `max` drawn ones of its class. */
function keepAtMost(
  max: number,
  ids: readonly string[],
  sizes: Int32Array,
  classes: Int32Array,
  drawn: Map<number, { keep: Uint8Array; next: number }>,
  key: string,
  seed: number,
): (row: number) => boolean {
  return (row) => {
    const c = classes[row]!;
    const size = sizes[c]!;
    if (size <= max) return true;
    let choice = drawn.get(c);
    if (!choice) {
      const keep = new Uint8Array(size);
      const order = new Rng(seed, 'class reduction', key, ids[c]!).shuffle(
        Int32Array.from({ length: size }, (_, i) => i),
      );
      for (const i of order.subarray(0, max)) keep[i] = 1;
      choice = { keep, next: 0 };
      drawn.set(c, choice);
    }
    return choice.keep[choice.next++] === 1;
  };
}

/** Where all ids are numbers, `7` and `007` are one class. */
function mergeNumbers(rows: CollectedRows): { ids: readonly string[]; classes: Int32Array } {
  if (!rows.classIds.every(isNumber)) return { ids: rows.classIds, classes: rows.classes };
  const first = new Map<number, number>();
  const ids: string[] = [];
  const target = rows.classIds.map((id) => {
    const known = first.get(Number(id));
    if (known !== undefined) return known;
    first.set(Number(id), ids.length);
    return ids.push(id) - 1;
  });
  return ids.length === target.length
    ? { ids, classes: rows.classes }
    : { ids, classes: rows.classes.map((c) => target[c]!) };
}

function isNumber(id: string): boolean {
  return /^[+-]?\d{1,15}(\.\d+)?$/.test(id);
}

/** Python's order of text; JavaScript's differs beyond the basic plane. */
function compareCodePoints(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; ) {
    const x = a.codePointAt(i)!;
    const y = b.codePointAt(i)!;
    if (x !== y) return x - y;
    i += x > 0xffff ? 2 : 1;
  }
  return a.length - b.length;
}
