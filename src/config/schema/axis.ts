import * as z from 'zod';
import { SWEEP_SCALES } from '../names.ts';

/** A value of an ordinary key. */
const keyValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.union([z.string(), z.number()])),
]);

const range = z.strictObject({
  min: z.number(),
  max: z.number(),
  scale: z.enum(SWEEP_SCALES).default('linear'),
  steps: z.int().min(2).exactOptional(),
});

/** What `SWEEP.keys` maps each path to: the values to try, or a range of a number. */
export const axesSchema = z.record(z.string(), z.union([z.array(keyValue).min(1), range]));

/** From `min` to `max`, both included. */
export interface SweepRange {
  readonly min: number;
  readonly max: number;
  readonly scale: (typeof SWEEP_SCALES)[number];
  /** Evenly spaced values, in the scale; absent: any value between. */
  readonly steps?: number;
}
