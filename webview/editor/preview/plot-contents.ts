import type { Point } from '../../../src/language/preview/types.ts';
import type { Theme } from '../../shared/theme.ts';

/** One line of a plot. */
export interface Line {
  readonly label: string;
  readonly color: keyof Theme['series'];
  readonly points: readonly Point[];
  /** Broken lines tell curves apart without colour. */
  readonly dash?: readonly number[];
  /** Marks without a line between them. */
  readonly marks?: true;
  /** How many there are of each bin (bins.ts): a filled staircase against an axis of its own at the right. */
  readonly levels?: true;
}

export interface PlotContents {
  readonly lines: readonly Line[];
  /** A vertical line, with its name. */
  readonly at?: { readonly x: number; readonly label: string };
  readonly xTitle: string;
  readonly yTitle: string;
  /** Of the axis of `levels`. */
  readonly levelsTitle?: string;
  /** What the picture shows, in words. */
  readonly summary: string;
  readonly note: string;
}

export interface PlotOptions {
  readonly formatX: (x: number) => string;
  readonly formatY: (y: number) => string;
  readonly beginAtZero?: boolean;
  /** x counts something. */
  readonly wholeX?: boolean;
}
