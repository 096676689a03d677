import type { MdfeErrorDetails } from '../../common/errors.ts';
import type { Corners } from './crop-box.ts';

/** Folder of the crops below the data set's. */
export const CROPS_FOLDER = 'preprocessed_imgs';

/** One annotated item of an image. */
export interface Item {
  readonly box: Corners;
  readonly label: string;
  /** Folder of its crop below {@link CROPS_FOLDER}. */
  readonly folder: string;
}

export interface AnnotatedImage {
  readonly items: readonly Item[];
  /** The items' crop is the image itself. */
  readonly whole: boolean;
}

/** One image to cut up; paths are relative to the data set's folder. */
export interface CropJob {
  readonly image: string;
  /** Name of its crops. */
  readonly file: string;
  /** What to cut out, or the DeepFashion2 annotation file that says it. */
  readonly annotation: AnnotatedImage | string;
}

/** What cannot be used, and why. */
export interface BadItem {
  readonly image: string;
  readonly reason: string;
}

export interface CropResult {
  /** Every crop that is there now, in the annotation's order; paths relative to the data set's folder. */
  readonly crops: readonly { readonly path: string; readonly label: string }[];
  /** How many of them were there before. */
  readonly kept: number;
  readonly bad: readonly BadItem[];
}

/** What every job of a cropping process shares. */
export interface CropSetup {
  /** Folder of the data set, absolute. */
  readonly folder: string;
  /** Folder on the same disk where crops are written before they are moved to their place; absolute. */
  readonly partial: string;
  /** Makes crops anew that are there already. */
  readonly overwrite: boolean;
}

export type CropMessage =
  | { readonly type: 'setup'; readonly setup: CropSetup }
  | { readonly type: 'job'; readonly id: number; readonly job: CropJob };

export type CropReply =
  | { readonly id: number; readonly result: CropResult }
  /** Nothing can be written, for example. */
  | { readonly id: number; readonly failure: Omit<MdfeErrorDetails, 'cause'> }
  /** A bug of ours. */
  | { readonly id: number; readonly bug: string };
