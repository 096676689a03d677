import type { Precision } from '../common/precision.ts';
import type { EngineReport } from './events.ts';

/** Who wrote a record, and when. */
export interface RecordStamp {
  readonly version: 1;
  /** Process that trains, or trained last. */
  readonly pid: number;
  /** Start time of that process in clock ticks or milliseconds since boot, so that a reused pid is noticed. */
  readonly processStart: string;
  readonly host: string;
  /** ISO 8601. */
  readonly created: string;
  readonly updated: string;
}

/** What the records of a run and of a sweep share: what is trained, on what, and by which process. */
export interface TrainingRecord extends RecordStamp {
  readonly name: string;
  /** The command that was run, for repeating it. */
  readonly command: readonly string[];
  readonly configFile: string;
  readonly dataDir: string;
  readonly options: RunOptions;
}

/** `run.json`: the state of a run in one small file, replaced atomically. Pure types. */
export interface RunRecord extends TrainingRecord {
  readonly status: RunStatus;
  readonly seed: number;
  readonly step: number;
  readonly epoch: number;
  readonly totalSteps: number;
  readonly epochs: number;
  readonly trainEngine?: EngineReport;
  readonly featureEngine?: EngineReport;
  readonly lastLoss?: number;
  /** Relative to the run folder. */
  readonly lastCheckpoint?: string;
  /** Neck and head of the best evaluation; relative to the run folder. */
  readonly bestCheckpoint?: string;
  readonly error?: { readonly code: string; readonly text: string };
  /** The sweep that it belongs to; its folder lies beside that of the run. */
  readonly sweep?: RunOfSweep;
  readonly versions: Readonly<Record<string, string>>;
  /** From the first training step on. */
  readonly measured?: MeasuredSpeed;
}

/** How fast a run is, and what decides it: the time that other runs take is estimated from it. */
export interface MeasuredSpeed {
  /** Name of the backbone, without a weights tag. */
  readonly model: string;
  /** Side of its input, pixels. */
  readonly imageSize: number;
  readonly fineTuning: boolean;
  readonly optimizer: string;
  readonly batchSize: number;
  readonly embeddingDim: number;
  readonly classes: number;
  /** Sub-centres per class. */
  readonly centres: number;
  /** Images a second through the frozen backbone, decoding included; absent where all features were stored already. */
  readonly featureSpeed?: number;
  /** Mean of the steps of this process, without the first; absent before the second. */
  readonly stepSeconds?: number;
}

export interface RunOfSweep {
  /** Name of the sweep and of its folder. */
  readonly name: string;
  /** From 1. */
  readonly index: number;
  /** e.g. `lr=2e-2 m=0.3` */
  readonly label: string;
}

/** What the command line adds to the configuration; kept so that a resumed run goes on alike. */
export interface RunOptions {
  readonly device: string;
  readonly shuffle: boolean;
  /** Stored views per image; 0: a fresh one each epoch when the transform is random. */
  readonly views: number;
  readonly skipBadImages: boolean;
  readonly threads?: number;
  /** Fine-tuning: images that are differentiated together; absent: as many as fit. */
  readonly microBatch?: number;
  readonly cacheDir?: string;
  readonly initFrom?: string;
  readonly backboneWeights?: string;
  /** Fine-tuning: the backbone starts from random weights instead of published ones. */
  readonly fromScratch?: boolean;
  /** How the frozen backbone computes; fp32 by default. */
  readonly precision?: Precision;
  /** How features are stored; float32 by default. */
  readonly featureDtype?: 'float32' | 'float16';
}

export type RunStatus = 'starting' | 'features' | 'training' | 'stopping' | 'done' | 'stopped' | 'failed';

/** A status as a reader sees it: `killed` is a record that says it runs while its process is gone. */
export type ObservedStatus = RunStatus | 'killed';
