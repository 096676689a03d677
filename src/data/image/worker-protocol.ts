import type { MdfeErrorDetails } from '../../common/errors.ts';
import type { Rgb } from '../transforms/normalise.ts';
import type { TransformName } from '../transforms/transform.ts';

/** What every job of a decoding worker shares. */
export interface PreparationPlan {
  /** Data root, absolute. */
  readonly root: string;
  readonly transform: { readonly name: TransformName; readonly size: number };
  readonly mean: Rgb;
  readonly std: Rgb;
  /** Seeds random transforms, together with image and view. */
  readonly seed: number;
}

export interface WorkerSetup {
  readonly plan: PreparationPlan;
  /** Batches [slots, 3, size, size], float32; shared, so that pixels never travel. */
  readonly batches: readonly SharedArrayBuffer[];
}

/** Where one view of an image goes. */
export interface Target {
  readonly batch: number;
  readonly slot: number;
  readonly view: number;
}

export interface ImageJob {
  readonly id: number;
  /** Relative to the data root. */
  readonly image: string;
  /** Empty: only see whether the image can be decoded. */
  readonly targets: readonly Target[];
}

export type ImageReply =
  | { readonly id: number; readonly ok: true }
  /** The image is missing or damaged. */
  | { readonly id: number; readonly ok: false; readonly bad: Omit<MdfeErrorDetails, 'cause'> }
  /** A bug of ours. */
  | { readonly id: number; readonly ok: false; readonly bug: string };
