/** One class as `mdfe dataset NAME DATA_DIR --samples N --json` lists it. */
export interface ClassSamples {
  /** From 0, over all named sets. */
  readonly label: number;
  /** As the annotation writes it. */
  readonly id: string;
  /** All images of the class, not only those listed. */
  readonly images: number;
  /** The first N in the annotation's order: paths relative to the data root, or absolute outside it. */
  readonly samples: readonly string[];
}

/** One page of classes, consecutive labels. */
export interface DatasetSamples {
  /** Data folder, absolute. */
  readonly root: string;
  /** Classes of all named sets, not only those listed. */
  readonly classes: number;
  readonly listed: readonly ClassSamples[];
}

/** Classes listed at a time: what a reader takes in, and a bound on the answer for sets of 80,000 classes. */
export const CLASSES_PER_PAGE = 200;
