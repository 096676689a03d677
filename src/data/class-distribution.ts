import { writeAtomically } from '../common/atomic-file.ts';
import { MdfeError } from '../common/errors.ts';
import { readCsvColumns } from './datasets/csv.ts';

/**
 * DATASET.cls_dist_file: images per class as CSV with the columns `label,count`, ordered by label. It depends on the
 * data sets named and their order, so it is checked against them when read.
 */
export async function writeClassDistribution(file: string, counts: Int32Array): Promise<void> {
  await writeAtomically(file, `label,count\n${Array.from(counts, (n, label) => `${label},${n}\n`).join('')}`);
}

/**
 * @param classes number of classes of the data
 * @returns [classes] images per class, by label, whatever the order of the lines
 */
export async function readClassDistribution(file: string, classes: number): Promise<Int32Array> {
  const counts = new Int32Array(classes).fill(-1);
  await readCsvColumns(file, ['label', 'count'], ([label, count], line) => {
    const [l, n] = [wholeNumber(label!), wholeNumber(count!)];
    if (l === undefined || n === undefined || l >= classes || counts[l] !== -1)
      throw mismatch(`${file}:${line}`, `one line for each label 0..${classes - 1}`, `${label},${count}`);
    counts[l] = n;
  });
  const absent = counts.indexOf(-1);
  if (absent >= 0) throw mismatch(file, `one line for each label 0..${classes - 1}`, `none for ${absent}`);
  return counts;
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}(\.0*)?$/.test(text.trim()) ? Number(text) : undefined;
}

function mismatch(where: string, expected: string, got: string): MdfeError {
  return new MdfeError({
    code: 'data/class-distribution',
    what: 'the class distribution file does not belong to these data sets',
    where,
    expected,
    got,
    todo: 'delete the file (it is written anew), or name another one in DATASET.cls_dist_file',
  });
}
