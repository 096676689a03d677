import { TextPool } from '../../common/text-pool.ts';

export interface Sample {
  /** Name of its set, as in DATASET.names (the published key where an alias was given). */
  readonly dataset: string;
  /** Path relative to the data root, forward slashes; absolute only for own data outside the root. */
  readonly image: string;
  /** From 0, over all sets. */
  readonly label: number;
}

/** What one named set contributed. */
export interface SetSummary {
  readonly name: string;
  /** Folder as spelled on disk, '' for the root. */
  readonly folder: string;
  readonly annotation: string;
  /** Labels firstLabel .. firstLabel + classes - 1 are this set's. */
  readonly firstLabel: number;
  readonly classes: number;
  /** Samples firstSample .. firstSample + images - 1 are this set's. */
  readonly firstSample: number;
  readonly images: number;
  readonly droppedClasses: number;
  readonly droppedImages: number;
  /** Said once to the user: spelling used, rows left out, classes reduced, classes with a single image. */
  readonly notes: readonly string[];
}

export interface SetRows {
  readonly summary: SetSummary;
  /** Image entries of the annotation file, in its order. */
  readonly images: TextPool;
  /** Path of an entry relative to the data root. */
  readonly path: (image: string) => string;
}

/** Samples of one or more sets, one after the other, each in the order of its annotation file. */
export class Dataset implements Iterable<Sample> {
  /** Data root, absolute. */
  readonly root: string;
  readonly length: number;
  readonly classes: number;
  /** [samples] */
  readonly labels: Int32Array;
  /** [classes] images per class, by label. */
  readonly classCounts: Int32Array;
  /** Class ids by label, as the annotation writes them; two sets may use the same id. */
  readonly classNames: readonly string[];
  readonly perSet: readonly SetSummary[];
  private readonly sets: readonly SetRows[];

  constructor(
    root: string,
    sets: readonly SetRows[],
    labels: Int32Array,
    classCounts: Int32Array,
    classNames: readonly string[],
  ) {
    this.root = root;
    this.sets = sets;
    this.labels = labels;
    this.classCounts = classCounts;
    this.classNames = classNames;
    this.length = labels.length;
    this.classes = classNames.length;
    this.perSet = sets.map((set) => set.summary);
  }

  /** Image path of a sample; made on demand because millions of strings would cost a gigabyte. */
  image(index: number): string {
    const { images, path, summary } = this.setOf(index);
    return path(images.get(index - summary.firstSample));
  }

  paths(from: number, to: number): string[] {
    const paths: string[] = [];
    for (const { images, path, summary } of this.sets) {
      const first = Math.max(from - summary.firstSample, 0);
      const end = Math.min(to - summary.firstSample, summary.images);
      if (first < end) for (const image of images.strings(first, end)) paths.push(path(image));
    }
    return paths;
  }

  sample(index: number): Sample {
    return { dataset: this.setOf(index).summary.name, image: this.image(index), label: this.labels[index]! };
  }

  *[Symbol.iterator](): Iterator<Sample> {
    for (let i = 0; i < this.length; i++) yield this.sample(i);
  }

  /** The samples that `keep` names. Classes without any are gone; labels stay consecutive and in order. */
  subset(keep: (index: number) => boolean): Dataset {
    const counts = new Int32Array(this.classes);
    const kept = this.sets.map(({ summary: { firstSample, images } }) => {
      const own: number[] = [];
      for (let i = firstSample; i < firstSample + images; i++)
        if (keep(i)) {
          own.push(i);
          counts[this.labels[i]!]!++;
        }
      return own;
    });
    const newLabel = new Int32Array(this.classes).fill(-1);
    let classes = 0;
    counts.forEach((count, label) => {
      if (count > 0) newLabel[label] = classes++;
    });
    let firstSample = 0;
    let firstLabel = 0;
    const sets = this.sets.map(({ images, path, summary }, s): SetRows => {
      const own = kept[s]!;
      const ownClasses = counts
        .subarray(summary.firstLabel, summary.firstLabel + summary.classes)
        .reduce((n, count) => n + Number(count > 0), 0);
      const place = { firstSample, firstLabel, classes: ownClasses, images: own.length };
      firstSample += own.length;
      firstLabel += ownClasses;
      const entries = new TextPool();
      for (const i of own) entries.push(images.get(i - summary.firstSample));
      return { images: entries, path, summary: { ...summary, ...place } };
    });
    const labels = Int32Array.from(kept.flat(), (i) => newLabel[this.labels[i]!]!);
    const names = this.classNames.filter((_, label) => counts[label]! > 0);
    return new Dataset(
      this.root,
      sets,
      labels,
      counts.filter((count) => count > 0),
      names,
    );
  }

  private setOf(index: number): SetRows {
    for (const set of this.sets)
      if (index < set.summary.firstSample + set.summary.images && index >= set.summary.firstSample)
        return set;
    throw new RangeError(`internal: no sample ${index} of ${this.length}`);
  }
}
