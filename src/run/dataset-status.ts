/** What `mdfe dataset DATA_DIR --json` says about one published data set below a data folder. */
export interface DatasetStatus {
  /** As in DATASET.names. */
  readonly key: string;
  readonly title: string;
  /** Where to get it. */
  readonly page: string;
  /** `incomplete`: its folder is there, something in it is not. */
  readonly state: 'present' | 'incomplete' | 'absent';
  /** What is wrong or not there, in words. */
  readonly missing: readonly string[];
  /** Annotation file, absolute; absent where it was not found. */
  readonly annotation?: string;
  /** The rest is known once the annotation was read. */
  readonly classes?: number;
  readonly images?: number;
  readonly missingImages?: number;
}

export interface DatasetSurvey {
  /** Data folder, absolute. */
  readonly root: string;
  readonly sets: readonly DatasetStatus[];
}
