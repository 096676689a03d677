import type { RunEvent } from './events.ts';
import type { ObservedStatus, RunOfSweep, RunRecord } from './record.ts';
import type { Remedy } from './remedies.ts';
import type { HistorySnapshot } from './snapshot.ts';
import type { ObservedSweepStatus, SweepRecord } from './sweep-record.ts';

/** What the training panel shows; small enough for webview state, everything else is replayed. */
export interface PanelState {
  readonly runId: string;
  /** Runs whose loss is drawn beside it. */
  readonly compared?: readonly string[];
  readonly view: {
    readonly smoothing: number;
    readonly logScale: boolean;
  };
}

/** One line of the panel's list of runs. */
export interface RunSummary {
  /** Absolute path of the run folder: its identity. */
  readonly runId: string;
  readonly name: string;
  readonly status: ObservedStatus;
  readonly created: string;
  /** The sweep that it belongs to. */
  readonly sweep?: RunOfSweep;
}

export type HostToPanel =
  /** Everything about one run so far, or `run: null` when there is no run to show. */
  | {
      readonly type: 'snapshot';
      readonly run: RunSnapshot | null;
      readonly runs: readonly RunSummary[];
    }
  /** Events `from` .. `from + events.length - 1`; the view asks for a snapshot when `from` is not its next. */
  | {
      readonly type: 'delta';
      readonly runId: string;
      readonly from: number;
      readonly events: readonly RunEvent[];
      readonly record: RunRecord | null;
      readonly status: ObservedStatus;
    }
  | { readonly type: 'runs'; readonly runs: readonly RunSummary[] }
  /** The sweep that the shown run belongs to, or null. */
  | { readonly type: 'sweep'; readonly sweep: SweepView | null }
  /** The runs that are compared with the shown one; their curves follow. */
  | { readonly type: 'comparison'; readonly runIds: readonly string[] }
  | { readonly type: 'compared'; readonly run: ComparedRun };

/** What is drawn of a run beside the shown one. */
export interface ComparedRun {
  readonly runId: string;
  /** Short where runs of one sweep are told apart. */
  readonly name: string;
  /** Entry i belongs to step i + 1. */
  readonly loss: Float32Array;
}

export interface SweepView {
  /** Absolute path of the sweep's folder; the runs lie beside it. */
  readonly dir: string;
  readonly record: SweepRecord;
  readonly status: ObservedSweepStatus;
  /** Run folder of each run, in the order of the record. */
  readonly runIds: readonly string[];
}

export interface RunSnapshot {
  readonly runId: string;
  readonly record: RunRecord | null;
  readonly status: ObservedStatus;
  readonly history: HistorySnapshot;
}

export type PanelToHost =
  /** The view is there (again), or lost a message, and wants a snapshot of `runId`, or of the newest run. */
  | { readonly type: 'ready'; readonly runId: string | null; readonly compared: readonly string[] }
  | { readonly type: 'select'; readonly runId: string }
  | { readonly type: 'stop'; readonly runId: string }
  | { readonly type: 'resume'; readonly runId: string }
  /** A button below what went wrong. */
  | { readonly type: 'remedy'; readonly runId: string; readonly remedy: Remedy }
  /** A file that the panel names. */
  | { readonly type: 'openFile'; readonly runId: string; readonly path: string }
  | { readonly type: 'openConfig'; readonly runId: string }
  | { readonly type: 'revealFolder'; readonly runId: string }
  | { readonly type: 'openLog'; readonly runId: string }
  | { readonly type: 'exploreRetrieval'; readonly runId: string }
  | { readonly type: 'package'; readonly runId: string }
  | { readonly type: 'openNotebook'; readonly runId: string }
  /** Asks which runs to draw beside that one. */
  | { readonly type: 'compare'; readonly runId: string }
  /** The loss chart as it is seen, as base64. */
  | { readonly type: 'export'; readonly runId: string; readonly png: string }
  /** The empty panel's button: choose a config and train it. */
  | { readonly type: 'train' };
