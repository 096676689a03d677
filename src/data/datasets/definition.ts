import type { ReadRows } from './rows.ts';

/** One published image set: where its annotation lies, how it reads, and which classes count. */
export interface DatasetDefinition {
  /** Name in DATASET.names. */
  readonly key: string;
  readonly title: string;
  /** Where to get it. */
  readonly page: string;
  /** Other spellings of the key that are accepted. */
  readonly aliases: readonly string[];
  /** Folder under the data root, preferred spelling first; '' is the root itself. */
  readonly folders: readonly string[];
  /** Annotation file inside the folder, preferred spelling first. */
  readonly annotations: readonly string[];
  /** Command that makes the annotation file from what is published; absent: it is published itself. */
  readonly madeBy?: string;
  readonly read: ReadRows;
  /** Image path relative to the folder, from the annotation's image entry. */
  readonly path: (image: string) => string;
  /** `sorted`: numbers as numbers, text as text; `file`: in order of first appearance. */
  readonly order: 'sorted' | 'file';
  /** Class ids are text even where they look like numbers. */
  readonly textLabels: boolean;
  /** Classes with fewer images are dropped. */
  readonly min: number;
  /** Larger classes are reduced to so many images. */
  readonly max: number;
}

type Given = Pick<DatasetDefinition, 'key' | 'title' | 'page' | 'folders' | 'annotations' | 'read'> &
  Partial<DatasetDefinition>;

export function defineDataset(given: Given): DatasetDefinition {
  return {
    aliases: [],
    path: (image) => image,
    order: 'sorted',
    textLabels: false,
    min: 1,
    max: Number.POSITIVE_INFINITY,
    ...given,
  };
}
