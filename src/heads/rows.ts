import { dualNumbers } from './dual.ts';
import type { BatchParameters, MarginHead } from './head.ts';

/** Target logits of a batch, scaled, with their derivatives by the target cosine. Float64 inside, float32 out. */
export interface TargetRows {
  /** scale * target(c_y). [B] */
  readonly logit: Float32Array;
  /** scale * d target / d c_y. [B] */
  readonly slope: Float32Array;
}

/** Evaluates a head's `target` for every row of a batch: B numbers, so it is done here once for all engines. */
export function targetRows(
  head: MarginHead,
  parameters: BatchParameters<string>,
  targetCosine: Float32Array,
): TargetRows {
  const logit = new Float32Array(targetCosine.length);
  const slope = new Float32Array(targetCosine.length);
  for (let i = 0; i < targetCosine.length; i++) {
    const row = Object.fromEntries(
      head.rowNames.map((name) => [name, dualNumbers.constant(parameters.rows[name]![i]!)]),
    );
    const y = head.target(dualNumbers, { value: targetCosine[i]!, derivative: 1 }, row);
    logit[i] = parameters.scale * y.value;
    slope[i] = parameters.scale * y.derivative;
  }
  return { logit, slope };
}
