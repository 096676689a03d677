/**
 * What a run writes to `events.jsonl`: one JSON object a line, in order. The trainer appends, everybody else (command
 * line, panel, a re-opened window) reads. Pure types: the webviews import this file.
 */
export const EVENT_VERSION = 1;

export interface EventBase {
  /** Version of this format. */
  readonly v: typeof EVENT_VERSION;
  /** Sequence number, from 0, without gaps; continues when a run is resumed. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** What really computes: shown to the user, never guessed. */
export interface EngineReport {
  /** e.g. `tfjs-node-gpu`, `tfjs-webgpu`, `tfjs-node`, `tfjs-wasm`, `tfjs-cpu`, `kernels`. */
  readonly name: string;
  /** Device in words, e.g. `NVIDIA H100 (CUDA)` or `AMD EPYC 7B13, 2 threads`. */
  readonly device: string;
  /** Engines that would have been better, and why each was not used. */
  readonly rejected: readonly { readonly name: string; readonly reason: string }[];
}

export interface StartEvent extends EventBase {
  readonly type: 'start';
  readonly name: string;
  /** True when the run goes on from a checkpoint. */
  readonly resumed: boolean;
  /** Steps done before: 0, or the checkpoint's. Later points that an interrupted process wrote no longer count. */
  readonly fromStep: number;
  readonly classes: number;
  readonly samples: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  readonly batchSize: number;
  readonly trainableParameters: number;
  readonly totalParameters: number;
  readonly trainEngine: EngineReport;
  /** Absent when the features came from the store. */
  readonly featureEngine?: EngineReport;
}

/** Progress of computing the frozen backbone's features. */
export interface FeaturesEvent extends EventBase {
  readonly type: 'features';
  readonly done: number;
  readonly total: number;
  /** Images taken from the store instead of computed. */
  readonly reused: number;
  /** Images per second, now. */
  readonly speed: number;
  /** Seconds. */
  readonly secondsLeft: number;
}

/** Some consecutive optimisation steps; arrays have one entry per step. */
export interface StepEvent extends EventBase {
  readonly type: 'step';
  /** Number of the first step, from 1 (after the first update). */
  readonly first: number;
  readonly loss: readonly number[];
  /** Learning rate that the step ran at. */
  readonly lr: readonly number[];
  /** Learning rate after the step, as the schedule's curve is drawn. */
  readonly lrAfter: readonly number[];
  /** Epoch of the last step, from 1. */
  readonly epoch: number;
  /** Images per second, now. */
  readonly speed: number;
  /** Seconds. */
  readonly secondsLeft: number;
}

export interface EpochEvent extends EventBase {
  readonly type: 'epoch';
  /** From 1. */
  readonly epoch: number;
  readonly meanLoss: number;
  /** Seconds. */
  readonly seconds: number;
}

export interface EvalEvent extends EventBase {
  readonly type: 'eval';
  readonly step: number;
  readonly epoch: number;
  /** e.g. { "mMP@5": 0.71, "P@1": 0.8 } */
  readonly metrics: Readonly<Record<string, number>>;
  readonly domains: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface CheckpointEvent extends EventBase {
  readonly type: 'checkpoint';
  readonly step: number;
  readonly epoch: number;
  /** Relative to the run folder. */
  readonly file: string;
  /** Why it was written. */
  readonly reason: 'schedule' | 'autosave' | 'stop' | 'end' | 'best';
}

export interface LogEvent extends EventBase {
  readonly type: 'log';
  readonly text: string;
}

export interface WarningEvent extends EventBase {
  readonly type: 'warning';
  readonly code: string;
  readonly text: string;
}

export interface EndEvent extends EventBase {
  readonly type: 'end';
  readonly status: 'done' | 'stopped';
  readonly step: number;
  /** Seconds, this process only. */
  readonly seconds: number;
}

export interface ErrorEvent extends EventBase {
  readonly type: 'error';
  readonly code: string;
  readonly text: string;
}

export type RunEvent =
  | StartEvent
  | FeaturesEvent
  | StepEvent
  | EpochEvent
  | EvalEvent
  | CheckpointEvent
  | LogEvent
  | WarningEvent
  | EndEvent
  | ErrorEvent;

export type RunEventType = RunEvent['type'];

/** An event before the run folder gives it version, number and time. */
export type EventBody = {
  [T in RunEventType]: Omit<Extract<RunEvent, { type: T }>, keyof EventBase>;
}[RunEventType];
