import type { Problem } from '../problem.ts';
import type { Check, CheckInput } from './check.ts';
import { dataOnDisk } from './data-on-disk.ts';
import { datasets } from './datasets.ts';
import { driveCredentials } from './drive-credentials.ts';
import { duration, warmupLength } from './duration.ts';
import { embeddingDim } from './embedding-dim.ts';
import { gpuIds } from './gpu-ids.ts';
import { heldOut } from './held-out.ts';
import { ignoredKeys } from './ignored-keys.ts';
import { fineTuningLr, minLr } from './learning-rate.ts';
import { marginOrder } from './margin-order.ts';
import { model } from './model.ts';
import { randomTransform } from './random-transform.ts';
import { replacedKeys } from './replaced-keys.ts';
import { saveEpochs, saveIterations } from './save-points.ts';

const CHECKS: readonly Check[] = [
  model,
  embeddingDim,
  marginOrder,
  ignoredKeys,
  replacedKeys,
  datasets,
  randomTransform,
  duration,
  saveEpochs,
  saveIterations,
  fineTuningLr,
  warmupLength,
  minLr,
  heldOut,
  dataOnDisk,
  gpuIds,
  driveCredentials,
];

/** All rules between keys, on the values that count. */
export function runChecks(input: CheckInput): readonly Problem[] {
  return CHECKS.flatMap((check) => check(input));
}
