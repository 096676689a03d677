import { counted } from '../common/counted.ts';
import { usageError } from '../common/errors.ts';
import { Rng } from '../common/rng.ts';
import type { Dataset, SetSummary } from '../data/datasets/index.ts';
import { ClassRows } from './classes.ts';
import type { RetrievalSet } from './retrieval-set.ts';

export interface ClassHoldOut {
  /** Share of the classes of each set, in (0, 1). */
  readonly share: number;
  readonly queriesPerClass: number;
  readonly seed: number;
}

/**
 * Holds out a share of the classes of each set, at least one. Classes with a single image stay in training: nothing
 * could be retrieved for them. Which classes, and which of their images are queries, depends on the seed, the set and
 * the names alone, so it is the same on every machine and with every combination of sets.
 */
export function holdOutClasses(
  dataset: Dataset,
  { share, queriesPerClass, seed }: ClassHoldOut,
): { readonly train: Dataset; readonly heldOut: RetrievalSet } {
  const rows = new ClassRows(dataset.labels);
  const held = new Uint8Array(dataset.classes);
  for (const set of dataset.perSet)
    for (const label of chooseClasses(dataset, set, share, seed)) held[label] = 1;
  const role = new Int8Array(dataset.length).fill(TRAIN);
  held.forEach((isHeld, label) => {
    if (isHeld === 0) return;
    const images = rows.of(label);
    const order = new Rng(
      seed,
      'query images',
      setOf(dataset, label).name,
      dataset.classNames[label]!,
    ).shuffle(images.slice());
    const queries = Math.min(queriesPerClass, images.length - 1);
    order.forEach((image, i) => {
      role[image] = i < queries ? QUERY : INDEX;
    });
  });
  return {
    train: dataset.subset((i) => role[i] === TRAIN),
    heldOut: retrievalSet(dataset, role, held),
  };
}

const TRAIN = -1;
const INDEX = 0;
const QUERY = 1;

function chooseClasses(dataset: Dataset, set: SetSummary, share: number, seed: number): Int32Array {
  const labels: number[] = [];
  for (let label = set.firstLabel; label < set.firstLabel + set.classes; label++)
    if (dataset.classCounts[label]! >= 2) labels.push(label);
  const count = Math.max(1, Math.round(share * set.classes));
  if (labels.length === 0 || count >= set.classes)
    throw usageError({
      code: 'eval/too-few-classes',
      what: `no classes of ${set.name} can be held out`,
      where: 'EVAL.class_share',
      expected: 'at least two classes, one of them with two images or more',
      got: `${counted(set.classes, 'class')}, ${labels.length} of them with two images or more; ${count} would be held out`,
      todo: 'hold out less, name the held-out images in a CSV (EVAL.hold_out csv), or hold out nothing',
    });
  const shuffled = new Rng(seed, 'held-out classes', set.name).shuffle(Int32Array.from(labels));
  return shuffled.subarray(0, count);
}

function retrievalSet(dataset: Dataset, role: Int8Array, held: Uint8Array): RetrievalSet {
  const samples: number[] = [];
  role.forEach((r, i) => {
    if (r !== TRAIN) samples.push(i);
  });
  const domains = dataset.perSet.map((set) => set.name);
  return {
    root: dataset.root,
    length: samples.length,
    image: (i) => dataset.image(samples[i]!),
    labels: Int32Array.from(samples, (s) => dataset.labels[s]!),
    classNames: dataset.classNames,
    isQuery: Uint8Array.from(samples, (s) => role[s]!),
    domains,
    domainOf: Int32Array.from(samples, (s) => domains.indexOf(setOf(dataset, dataset.labels[s]!).name)),
    title: `${counted(
      held.reduce((n, h) => n + h, 0),
      'held-out class',
    )} of ${domains.join(', ')}`,
    notes: [],
  };
}

function setOf(dataset: Dataset, label: number): SetSummary {
  return dataset.perSet.find((set) => label >= set.firstLabel && label < set.firstLabel + set.classes)!;
}
