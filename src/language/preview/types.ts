import type { Problem } from '../../config/problem.ts';
import type { Limits } from '../../config/schema/fields.ts';
import type { KeyChange } from '../set-keys.ts';

// What the experiment editor shows beside the text: plain data, because it goes from the worker to the page.

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line of a table of figures. */
export interface Figure {
  readonly label: string;
  readonly value: string;
  /** Where it comes from, or why it is not known. */
  readonly note?: string;
}

/** The learning rate over the whole run. */
export interface SchedulePreview {
  /** What x counts. */
  readonly unit: 'epochs' | 'steps';
  /** Rate that a step at x runs at; at most about 500 points. */
  readonly curve: readonly Point[];
  /** Last x of the warm-up; absent without one, or where it outlasts the run. */
  readonly warmupEnd?: number;
  /** Where checkpoints are written. */
  readonly saves: readonly Point[];
  /** The same in words. */
  readonly saving: string;
  /** What was assumed. */
  readonly note?: string;
}

/** Margin of a class by its number of images (DynM-ArcFace). */
export interface MarginPreview {
  /** x: images of the class, y: radians. */
  readonly curve: readonly Point[];
  /** Classes of at least x images and fewer than the next x; empty where the data is not known. */
  readonly classes: readonly Point[];
  readonly note: string;
}

/** Logits against the angle between feature and class centre. */
export interface HeadPreview {
  readonly name: string;
  readonly curves: readonly HeadCurve[];
  /** At which statistics, and what was assumed. */
  readonly note: string;
}

export interface HeadCurve {
  readonly label: string;
  /** Class of the label, or any other. */
  readonly of: 'target' | 'others';
  /** Logit at 0, 1, ... 180 degrees. */
  readonly logits: readonly number[];
}

/** A part of the network in the table of parameters. */
export interface PartPreview {
  readonly name: string;
  readonly parameters: string;
  readonly trained: string;
  /** Memory of its weights, float32. */
  readonly weights: string;
  /** Memory of the optimizer's moments. */
  readonly moments: string;
}

export interface SizePreview {
  /** The last one is the sum. */
  readonly parts: readonly PartPreview[];
  readonly figures: readonly Figure[];
  readonly note?: string;
}

/** One of the values that a key can take by a click. */
export interface FormOption {
  readonly label: string;
  readonly detail: string;
  readonly selected: boolean;
  /** What choosing it (of a list: turning it over) writes; empty where it cannot be. */
  readonly changes: readonly KeyChange[];
}

export interface FormField {
  /** e.g. `MODEL.HEAD.k` */
  readonly path: string;
  readonly label: string;
  /** One line. */
  readonly description: string;
  readonly details: string;
  readonly control: 'choice' | 'switch' | 'list' | 'number' | 'text';
  /** Effective value; what the file says where that cannot be read. */
  readonly value: string;
  /** Whether the file gives it. */
  readonly given: boolean;
  readonly default: string;
  readonly unit?: string;
  /** What it takes, in words. */
  readonly expected: string;
  /** Of `number`. */
  readonly number?: NumberInput;
  /** Of `choice`, `switch` and `list`. */
  readonly options: readonly FormOption[];
  /** What else a change writes. */
  readonly note?: string;
  /** What takes it back to its default; empty where it is there. */
  readonly reset: readonly KeyChange[];
  readonly problems: readonly Pick<Problem, 'severity' | 'message'>[];
}

export interface NumberInput extends Limits {
  readonly whole: boolean;
}

/** The common keys of a section. */
export interface FormGroup {
  readonly title: string;
  readonly description: string;
  readonly fields: readonly FormField[];
}

/** The runs of a sweep. */
export interface SweepPreview {
  readonly method: 'grid' | 'random';
  readonly runs: number;
  /** Of the first runs, in order: `lr=2e-2 m=0.3`. */
  readonly labels: readonly string[];
  /** Number of runs, what ranks them, and how long they take. */
  readonly figures: readonly Figure[];
}
