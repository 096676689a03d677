import type { CropJob } from './crop-job.ts';

/** A set that is published as whole images with boxes. */
export interface CropLayout {
  /** As in DATASET.names. */
  readonly key: string;
  /** What its folder must hold, relative to it. */
  readonly needs: readonly { readonly path: string; readonly folder: boolean }[];
  /** @returns all images, in the order of train.csv, and what to tell the user */
  list(folder: string): Promise<{ readonly jobs: CropJob[]; readonly notes: readonly string[] }>;
}
