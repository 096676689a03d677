import type { TrainingRecord } from './record.ts';

/** `sweep.json`: the state of a sweep and of its runs, replaced atomically. Pure types: the webviews import this file. */
export interface SweepRecord extends TrainingRecord {
  readonly status: SweepStatus;
  readonly method: 'grid' | 'random';
  /** What the runs are ranked by. */
  readonly metric: SweepMetric;
  /** The swept keys, in the order of the file. */
  readonly keys: readonly SweepKey[];
  /** In the order in which they are trained. */
  readonly runs: readonly SweepRunRecord[];
}

export type SweepStatus = 'running' | 'done' | 'stopped';

/** A status as a reader sees it: `killed` is a record that says it runs while its process is gone. */
export type ObservedSweepStatus = SweepStatus | 'killed';

export interface SweepMetric {
  /** A retrieval metric, or `loss`: the mean training loss of the last epoch. */
  readonly name: string;
  readonly goal: 'max' | 'min';
}

export interface SweepKey {
  readonly path: string;
  /** Short, and unlike those of the other keys. */
  readonly name: string;
}

export type SweptValue = string | number | boolean | null | readonly (string | number)[];

export interface SweepRunRecord {
  /** From 1. */
  readonly index: number;
  /** e.g. `lr=2e-2 m=0.3` */
  readonly label: string;
  /** Name of the run; its folder lies beside that of the sweep. */
  readonly name: string;
  /** By path. */
  readonly overrides: Readonly<Record<string, SweptValue>>;
  /** The same in few characters, in the order of `keys`. */
  readonly values: readonly string[];
  readonly state: SweepRunState;
  /** Epochs or iterations: what its time is in proportion to. */
  readonly work: number;
  /** The metric of the sweep, at the best evaluation. */
  readonly score?: number;
  /** All metrics of that evaluation. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** Mean training loss of the last epoch. */
  readonly loss?: number;
  /** Seconds, all processes that worked on it. */
  readonly seconds?: number;
  /** Seconds of its last process without those before the first step. */
  readonly trainingSeconds?: number;
  readonly error?: { readonly code: string; readonly text: string };
}

export type SweepRunState = 'waiting' | 'running' | 'done' | 'stopped' | 'failed';
