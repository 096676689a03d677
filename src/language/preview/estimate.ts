import { inputSize } from '../../config/checks/model.ts';
import { centresPerClass } from '../../config/derived.ts';
import { usesSam } from '../../config/optimizer-moments.ts';
import type { MeasuredRun, ModelFacts } from '../../config/registries.ts';
import type { Config } from '../../config/schema/index.ts';
import { count } from '../dataset-items.ts';

/** How long something takes, by the most similar run. */
export interface Estimate {
  /** Seconds for an image or a step. */
  readonly secondsEach: number;
  /** What was measured where. */
  readonly basis: string;
}

/** Two amounts of work that differ less count as the same. */
const SAME_WORK = 1.1;

/** An image through the frozen backbone: the newest run of the same model at the same size. */
export function estimateFeatures(
  config: Config,
  model: ModelFacts | undefined,
  runs: readonly MeasuredRun[],
): Estimate | undefined {
  const run = runs.find((r) => r.featureSpeed !== undefined && seesTheSame(r, config, model));
  if (run?.featureSpeed === undefined) return undefined;
  const device = run.featureDevice === undefined ? '' : ` on ${run.featureDevice}`;
  return {
    secondsEach: 1 / run.featureSpeed,
    basis: `from run ${run.name}: ${speedText(run.featureSpeed)} images/s${device}`,
  };
}

/**
 * A training step: the run whose steps do the most similar work. Where it is not the same, time grows with the work:
 * images times numbers in the head, or, of fine-tuning, images through the same model.
 */
export function estimateSteps(
  config: Config,
  classes: number,
  model: ModelFacts | undefined,
  runs: readonly MeasuredRun[],
): Estimate | undefined {
  const fineTuning = !config.MODEL.BACKBONE.freeze_backbone;
  const work = stepWork({
    fineTuning,
    optimizer: config.OPTIMIZER.name,
    batchSize: config.DATALOADER.batch_size,
    embeddingDim: config.MODEL.embedding_dim,
    classes,
    centres: centresPerClass(config),
  });
  const alike = runs
    .filter((r) => r.stepSeconds !== undefined && r.fineTuning === fineTuning)
    .filter((r) => !fineTuning || seesTheSame(r, config, model))
    .map((run) => ({ run, ratio: work / stepWork(run) }))
    .toSorted((a, b) => Math.abs(Math.log(a.ratio)) - Math.abs(Math.log(b.ratio)));
  const [best] = alike;
  if (best?.run.stepSeconds === undefined) return undefined;
  const { run, ratio } = best;
  const isSame = Math.max(ratio, 1 / ratio) < SAME_WORK;
  const seconds = best.run.stepSeconds;
  const device = run.trainDevice === undefined ? '' : ` on ${run.trainDevice}`;
  const head = `${count(run.classes)} classes x ${run.centres}, batch ${run.batchSize}`;
  const measured = `from run ${run.name}: ${secondsText(seconds)} a step (${head})${device}`;
  return {
    secondsEach: isSame ? seconds : seconds * ratio,
    basis: isSame ? measured : `${measured}; here it has ${Number(ratio.toPrecision(2))} times the work`,
  };
}

function seesTheSame(run: MeasuredRun, config: Config, model: ModelFacts | undefined): boolean {
  const { model_name } = config.MODEL.BACKBONE;
  const { size } = config.TRANSFORM;
  if (!model) return run.model === model_name && run.imageSize === size;
  return run.model === model.name && run.imageSize === inputSize(model, size);
}

type StepShape = Pick<
  MeasuredRun,
  'fineTuning' | 'optimizer' | 'batchSize' | 'embeddingDim' | 'classes' | 'centres'
>;

function stepWork({ fineTuning, optimizer, batchSize, embeddingDim, classes, centres }: StepShape): number {
  const passes = usesSam({ name: optimizer }) ? 2 : 1;
  return passes * batchSize * (fineTuning ? 1 : embeddingDim * Math.max(1, classes) * centres);
}

function speedText(perSecond: number): string {
  return perSecond < 100 ? String(Number(perSecond.toPrecision(2))) : count(Math.round(perSecond));
}

function secondsText(seconds: number): string {
  return seconds < 1
    ? `${Number((1000 * seconds).toPrecision(2))} ms`
    : `${Number(seconds.toPrecision(2))} s`;
}
