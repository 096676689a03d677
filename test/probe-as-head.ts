import type { HeadConfig, HeadState, MarginHead } from '../src/heads/head.ts';
import type { ProbeEngine, ProbeSpec } from '../src/train/probe/engine.ts';
import { HEAD_WEIGHT, NECK_BIAS, NECK_WEIGHT } from '../src/train/probe/initial.ts';
import { headStateFromTensors, headStateToTensors } from '../src/train/probe/state.ts';

interface HeadBatch {
  /** [B, D] */
  readonly features: Float32Array;
  /** [C * k, D] */
  readonly weight: Float32Array;
  /** [B] */
  readonly labels: Int32Array;
  readonly dim: number;
  readonly classes: number;
}

/** A power of two: dividing by it is exact. */
const RATE = 2 ** 30;

/**
 * Loss and gradients of a head, read off a whole probe engine. Row b of the batch is the unit vector e_b of width B,
 * so the neck's weight is the transposed features and its gradient is theirs; one step of plain SGD shows both
 * gradients as differences of weights, at a rate so large that nothing of them is lost beside the weights.
 */
export async function headOnProbe(
  create: (spec: ProbeSpec) => Promise<ProbeEngine>,
  config: HeadConfig,
  classCounts: Int32Array,
  head: MarginHead,
  { features, weight, labels, dim, classes }: HeadBatch,
  state: HeadState,
) {
  const rows = labels.length;
  const neck = new Float32Array(dim * rows);
  for (let b = 0; b < rows; b++) for (let d = 0; d < dim; d++) neck[d * rows + b] = features[b * dim + d]!;
  const unit = new Float32Array(rows * rows);
  for (let b = 0; b < rows; b++) unit[b * rows + b] = 1;

  const probe = await create({
    width: rows,
    embeddingDim: dim,
    classes,
    classCounts,
    neck: 'proj_layer',
    head: config,
    optimizer: { name: 'SGD', momentum: 0, weightDecay: 0 },
    batchSize: rows,
    seed: 1,
  });
  try {
    await probe.importState(
      new Map([
        [NECK_WEIGHT, { shape: [dim, rows], data: neck }],
        [NECK_BIAS, { shape: [dim], data: new Float32Array(dim) }],
        [HEAD_WEIGHT, { shape: [classes * head.k, dim], data: weight }],
        ...headStateToTensors(state),
      ]),
    );
    const { loss } = await probe.step({ features: unit, labels, learningRate: RATE });
    const after = await probe.exportState();
    const movedNeck = after.get(NECK_WEIGHT)!.data;
    const dFeatures = new Float32Array(rows * dim);
    for (let b = 0; b < rows; b++)
      for (let d = 0; d < dim; d++)
        dFeatures[b * dim + d] = (features[b * dim + d]! - movedNeck[d * rows + b]!) / RATE;
    const moved = after.get(HEAD_WEIGHT)!.data;
    const dWeight = weight.map((w, i) => (w - moved[i]!) / RATE);
    return { loss, dFeatures, dWeight, state: headStateFromTensors(after, state) };
  } finally {
    await probe.dispose();
  }
}
