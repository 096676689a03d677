import type { Precision } from '../common/precision.ts';
import type { BadImage } from '../data/image/bad-images.ts';
import type { ImageList } from '../data/image-list.ts';
import type { Rgb } from '../data/transforms/normalise.ts';
import type { TransformName } from '../data/transforms/transform.ts';
import type { EngineReport } from '../run/events.ts';
import type { ImageKeys } from './image-key.ts';
import type { FeatureStore } from './store.ts';

/** The frozen network, ready to run. */
export interface FrozenBackbone {
  /** The network in words (graph/print): part of the store's key. */
  readonly graphText: string;
  /**
   * Lowers the network; not asked for when everything is in the store.
   * @param cacheDir where converted weights are kept
   * @param portable standard operators only
   */
  readonly load: (precision: Precision, cacheDir: string, portable?: boolean) => Promise<LoadedNetwork>;
  /** Every file that holds weights, absolute. */
  readonly weightFiles: readonly string[];
  /** Numbers per image. */
  readonly width: number;
  /** Bytes of intermediate values that one image needs at a time. */
  readonly valueBytes: number;
  /** The same with standard operators only. */
  readonly portableValueBytes: number;
  /** Bytes of all weights as float32. */
  readonly weightBytes: number;
  /** The file holds float32 throughout, so that sessions read it where it lies; else each converts it. */
  readonly mapped: boolean;
}

/** What ONNX Runtime opens. */
export interface LoadedNetwork {
  readonly model: Uint8Array;
  /** Folder that the model's external data is relative to. */
  readonly weightsFolder: string;
}

/** Where the network runs. */
export interface InferenceEngine {
  readonly report: EngineReport;
  /** ONNX Runtime's execution providers, best first. */
  readonly providers: readonly string[];
  /** Threads on a CPU; all cores by default. */
  readonly threads?: number | undefined;
}

export interface FeatureRequest {
  readonly images: ImageList;
  /** What a look at the image files found that was begun before; absent: they are looked at now. */
  readonly looked?: Promise<ImageKeys> | undefined;
  readonly backbone: FrozenBackbone;
  readonly transform: { readonly name: TransformName; readonly size: number };
  readonly mean: Rgb;
  readonly std: Rgb;
  /** Seeds random transforms. */
  readonly seed: number;
  /** Views per image; 1 for a transform that is not random. */
  readonly views: number;
  /** How the network computes. */
  readonly precision: Precision;
  /** How features are stored. */
  readonly dtype: 'float32' | 'float16';
  /** Asked only when something has to be computed: trying GPUs takes seconds. */
  readonly engine: () => Promise<InferenceEngine>;
  /** Leave bad images out instead of stopping. */
  readonly skipBadImages: boolean;
  /** Default: see cache-dir.ts. */
  readonly cacheDir?: string | undefined;
  /** Images per run of the network; default: what inference-plan.ts finds best. */
  readonly batchSize?: number | undefined;
  readonly decodeWorkers?: number | undefined;
  /** Bytes that stored features may take in memory; beyond that they are read from disk. Default: a quarter of RAM. */
  readonly memoryBudget?: number | undefined;
}

export interface FeatureProgress {
  readonly phase: 'checking' | 'waiting' | 'computing' | 'listing-bad' | 'loading';
  /** Images and views, of `total`. */
  readonly done: number;
  readonly total: number;
  readonly reused: number;
  /** Per second, now. */
  readonly speed: number;
  readonly secondsLeft: number;
  /** One line for the user. */
  readonly text: string;
}

export interface FeatureResult {
  readonly store: FeatureStore;
  /** [store.count] sample index of each image in the store: all of them unless bad images were skipped. */
  readonly kept: Int32Array;
  /** What computed; null when everything was in the store already. */
  readonly engine: EngineReport | null;
  /** Images whose features came from the store. */
  readonly reusedImages: number;
  readonly computedImages: number;
  readonly skipped: readonly BadImage[];
  /** Folder of this key in the store. */
  readonly folder: string;
}

export interface FeatureHooks {
  readonly onProgress?: ((progress: FeatureProgress) => void) | undefined;
  /** Ends extraction early; what is done stays in the store. */
  readonly signal?: AbortSignal | undefined;
}
