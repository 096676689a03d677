import { formatDuration } from '../../common/duration.ts';
import { warmupIsInEpochs } from '../../config/derived.ts';
import type { MeasuredRun, ModelFacts } from '../../config/registries.ts';
import type { Config } from '../../config/schema/index.ts';
import { count } from '../dataset-items.ts';
import { storedViews } from '../figures.ts';
import { type Estimate, estimateFeatures, estimateSteps } from './estimate.ts';
import type { TrainingFacts } from './training-facts.ts';
import type { Figure } from './types.ts';

/** Steps, images and the time that they take by what was measured before. */
export function previewDuration(
  config: Config,
  data: TrainingFacts,
  model: ModelFacts | undefined,
  runs: readonly MeasuredRun[],
): Figure[] {
  const { figures, images, about } = data;
  const { iterations, batchesPerEpoch, warmupSteps, epochs } = figures;
  const known = images !== undefined;
  const ofData = (value: string) => (known ? about + value : '?');
  return [
    { label: 'steps per epoch', value: ofData(count(batchesPerEpoch)) },
    {
      label: 'steps',
      value: config.TRAIN.epoch_based ? ofData(count(iterations)) : count(iterations),
      note: known || config.TRAIN.epoch_based ? `${count(epochs)} ${epochs === 1 ? 'epoch' : 'epochs'}` : '',
    },
    { label: 'warm-up', ...warmup(config, warmupSteps, data) },
    { label: 'images seen', value: ofData(count(imagesSeen(config, data))) },
    ...(known ? times(config, images, iterations, data, model, runs) : []),
  ];
}

function warmup(
  { SCHEDULER, DATALOADER }: Config,
  steps: number,
  { images, about }: TrainingFacts,
): Pick<Figure, 'value' | 'note'> {
  if (steps === 0) return { value: 'none' };
  const inEpochs = warmupIsInEpochs(SCHEDULER);
  if (images === undefined && inEpochs)
    return { value: `${SCHEDULER.warmup_steps} ${SCHEDULER.warmup_steps === 1 ? 'epoch' : 'epochs'}` };
  return {
    value: `${inEpochs ? about : ''}${count(steps)} steps`,
    note: `${count(steps * DATALOADER.batch_size)} images`,
  };
}

/** The last batch of an epoch may be smaller. */
function imagesSeen({ TRAIN, DATALOADER }: Config, { figures, images = 0 }: TrainingFacts): number {
  const { iterations, batchesPerEpoch } = figures;
  if (TRAIN.epoch_based) return images * TRAIN.epochs;
  const whole = Math.floor(iterations / batchesPerEpoch);
  return whole * images + (iterations - whole * batchesPerEpoch) * DATALOADER.batch_size;
}

function times(
  config: Config,
  images: number,
  iterations: number,
  data: TrainingFacts,
  model: ModelFacts | undefined,
  runs: readonly MeasuredRun[],
): Figure[] {
  const frozen = config.MODEL.BACKBONE.freeze_backbone;
  const passes = images * storedViews(config, images);
  const features = frozen ? estimateFeatures(config, model, runs) : undefined;
  const steps = estimateSteps(config, data.classes ?? 0, model, runs);
  return [
    ...(frozen ? [timeFigure('time for features', features, passes, 'if none is stored yet')] : []),
    timeFigure('time for training', steps, iterations),
  ];
}

/** @param units images or steps */
function timeFigure(label: string, estimate: Estimate | undefined, units: number, condition = ''): Figure {
  if (!estimate) return { label, value: '?', note: 'no measurement yet: run it once' };
  const note = [estimate.basis, condition].filter(Boolean).join('; ');
  const seconds = units * estimate.secondsEach;
  return { label, value: seconds < 1 ? 'under 1 s' : `about ${formatDuration(seconds)}`, note };
}
