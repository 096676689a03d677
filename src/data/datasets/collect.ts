import { mix32 } from '../../common/rng.ts';
import { TextPool } from '../../common/text-pool.ts';
import type { ReadRows } from './rows.ts';

/** All rows of one annotation file, compact: some 20 bytes each beside the text of the image entry. */
export interface CollectedRows {
  /** Image entry of every row as the file has it; paths are longer and made on demand. */
  readonly images: TextPool;
  /** [rows] index into `classIds`. */
  readonly classes: Int32Array;
  /** Class ids in order of first appearance. */
  readonly classIds: readonly string[];
  /** Rows without a class id or without an image. */
  readonly empty: number;
  /** Rows that repeat image and class of an earlier one; they are left out. */
  readonly duplicates: number;
  /** Images that are listed under more than one class; they are kept. */
  readonly contradictions: number;
}

/** @param pathOf path of an image entry relative to the data root; throws when it leads outside */
export async function collectRows(
  file: string,
  read: ReadRows,
  pathOf: (image: string, where: () => string) => string,
): Promise<CollectedRows> {
  const images = new TextPool();
  const indexOf = new Map<string, number>();
  const classIds: string[] = [];
  let classes = new Int32Array(1024);
  let hashes = new Float64Array(1024);
  let empty = 0;
  await read(file, (image, label, where) => {
    const id = label.trim();
    if (id === '' || image.trim() === '') {
      empty++;
      return;
    }
    let index = indexOf.get(id);
    if (index === undefined) {
      const kept = Buffer.from(id).toString(); // a copy: `id` may hold on to a whole chunk of the file
      index = classIds.length;
      indexOf.set(kept, index);
      classIds.push(kept);
    }
    const hash = hash53(pathOf(image, where));
    const row = images.push(image);
    if (row === classes.length) {
      classes = grow(classes, new Int32Array(row * 2));
      hashes = grow(hashes, new Float64Array(row * 2));
    }
    classes[row] = index;
    hashes[row] = hash;
  });
  const rows = images.length;
  const path = (row: number) => pathOf(images.get(row), () => file);
  const unique = removeDuplicates(images, classes.subarray(0, rows), hashes.subarray(0, rows), path);
  return { classIds, empty, ...unique };
}

function grow<A extends Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** Rows are the same when class and path are; `hashes` are the paths'. */
function removeDuplicates(
  images: TextPool,
  classes: Int32Array,
  hashes: Float64Array,
  path: (row: number) => string,
) {
  const rows = images.length;
  const sorted = hashes.slice().sort();
  const repeated = new Set<number>();
  for (let i = 1; i < rows; i++) if (sorted[i] === sorted[i - 1]) repeated.add(sorted[i]!);
  if (repeated.size === 0) return { images, classes: classes.slice(), duplicates: 0, contradictions: 0 };
  const seen = new Map<string, Set<number>>();
  const kept = new TextPool();
  const keptClasses = new Int32Array(rows);
  let contradictions = 0;
  for (let row = 0; row < rows; row++) {
    if (repeated.has(hashes[row]!)) {
      const image = path(row);
      const labels = seen.get(image) ?? new Set();
      if (labels.has(classes[row]!)) continue;
      if (labels.size === 1) contradictions++;
      labels.add(classes[row]!);
      seen.set(image, labels);
    }
    keptClasses[kept.push(images.get(row))] = classes[row]!;
  }
  return {
    images: kept,
    classes: keptClasses.slice(0, kept.length),
    duplicates: rows - kept.length,
    contradictions,
  };
}

/** Two 32-bit hashes in one exact number; equal hashes are compared as text afterwards. */
function hash53(text: string): number {
  let a = 2166136261;
  let b = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 16777619);
    b = Math.imul(b ^ c, 0x5bd1e995) + 0x3c6ef372;
  }
  return (mix32(a) >>> 11) * 0x100000000 + mix32(b);
}
