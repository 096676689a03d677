import { configSchedule, type Schedule } from '../../config/schedule.ts';
import type { Config } from '../../config/schema/index.ts';
import { count } from '../dataset-items.ts';
import type { TrainingFacts } from './training-facts.ts';
import type { Point, SchedulePreview } from './types.ts';

/** Points spread evenly over the run. */
const EVEN = 400;
/** Up to so many epochs, a rate that jumps between them is drawn with its edges. */
const MAX_EDGES = 40;
/** Checkpoints marked one by one. */
const MAX_SAVES = 100;

/** The curve of the very schedule that training runs on; undefined for a training of no step. */
export function previewSchedule(config: Config, data: TrainingFacts): SchedulePreview | undefined {
  const { figures, missing } = data;
  const { iterations, batchesPerEpoch, warmupSteps } = figures;
  if (iterations === 0) return undefined;
  const unit = missing === undefined || config.TRAIN.epoch_based ? 'epochs' : 'steps';
  /** Steps of one x. */
  const per = unit === 'epochs' ? batchesPerEpoch : 1;
  const schedule = configSchedule(config, figures);
  const byEpoch = config.SCHEDULER.name === 'cosine' && config.SCHEDULER.epoch_based;
  const curve = sampledSteps(iterations, warmupSteps, byEpoch ? batchesPerEpoch : iterations).map((step) =>
    point(schedule, step, per),
  );
  curve.push({ x: iterations / per, y: schedule.rateAfter(iterations - 1) });
  const { saves, saving } = savePoints(config, data, schedule, per);
  const note = missing === undefined ? undefined : assumption(config, unit, batchesPerEpoch);
  return {
    unit,
    curve,
    ...(warmupSteps > 0 && warmupSteps <= iterations && { warmupEnd: warmupSteps / per }),
    saves,
    saving,
    ...(note !== undefined && { note }),
  };
}

/** Steps from 0, rising: evenly spread, with the end of the warm-up and both sides of the rate's jumps. */
function sampledSteps(total: number, warmup: number, jumpEvery: number): number[] {
  const steps = new Set<number>([0, total - 1]);
  for (let i = 0; i < EVEN; i++) steps.add(Math.floor((i * total) / EVEN));
  for (const step of [warmup - 2, warmup - 1, warmup]) steps.add(step);
  if (total / jumpEvery <= MAX_EDGES)
    for (let edge = jumpEvery; edge < total; edge += jumpEvery) steps.add(edge - 1).add(edge);
  return [...steps].filter((step) => step >= 0 && step < total).sort((a, b) => a - b);
}

function point(schedule: Schedule, step: number, per: number): Point {
  return { x: step / per, y: schedule.rate(step) };
}

function savePoints(
  { TRAIN }: Config,
  { figures, missing }: TrainingFacts,
  schedule: Schedule,
  per: number,
): { saves: Point[]; saving: string } {
  const { iterations, batchesPerEpoch, saveEpochs, saveIter } = figures;
  const after = TRAIN.epoch_based
    ? saveEpochs.map((epoch) => epoch * batchesPerEpoch)
    : Array.from({ length: Math.floor(iterations / saveIter) }, (_, i) => (i + 1) * saveIter);
  const total = after.length;
  const marked = total <= MAX_SAVES ? after : after.filter((_, i) => i % Math.ceil(total / MAX_SAVES) === 0);
  const when = TRAIN.epoch_based ? `after ${epochList(saveEpochs)}` : `every ${count(saveIter)} steps`;
  const last =
    after.at(-1) === iterations ? '' : total === 0 ? 'One checkpoint, at the end' : ' and at the end';
  const number =
    missing !== undefined && !TRAIN.epoch_based ? '' : ` (${count(total + (last === '' ? 0 : 1))})`;
  return {
    saves: marked.map((step) => ({ x: step / per, y: schedule.rateAfter(step - 1) })),
    saving:
      total === 0
        ? last
        : `${total === 1 && last === '' ? 'Checkpoint' : 'Checkpoints'} ${when}${last}${number}`,
  };
}

/** `epochs 1, 2 and 3`; runs of epochs are drawn together: `epochs 1 to 10`. */
function epochList(epochs: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const epoch of epochs) {
    const run = runs.at(-1);
    if (run && run[1] === epoch - 1) run[1] = epoch;
    else runs.push([epoch, epoch]);
  }
  const parts = runs.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`));
  return `${epochs.length === 1 ? 'epoch' : 'epochs'} ${parts.join(', ')}`;
}

function assumption(
  { SCHEDULER }: Config,
  unit: 'epochs' | 'steps',
  batchesPerEpoch: number,
): string | undefined {
  const assumed = `drawn as if an epoch had ${count(batchesPerEpoch)} steps`;
  if (unit === 'steps')
    return SCHEDULER.warmup !== null || SCHEDULER.epoch_based
      ? `Warm-up and epochs are ${assumed}.`
      : undefined;
  return `The curve is ${assumed}.`;
}
