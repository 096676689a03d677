import type { RunFolder } from '../run/folder.ts';
import { foldEvents, type RunHistory } from '../run/history.ts';
import { readEvents } from '../run/reader.ts';
import { stepDropout } from './backbone-mode.ts';
import type { Progress } from './checkpoint.ts';
import type { Experiment } from './experiment.ts';
import type { Stores } from './fill-store.ts';
import { HeldOutScorer } from './held-out-scorer.ts';
import type { LoopOptions } from './loop.ts';
import type { TrainingPlan } from './plan.ts';
import type { ProbeEngine } from './probe/engine.ts';
import { RetrievalObserver } from './retrieval-observer.ts';

/** What the loop trains with: data in its order, schedule, what is saved when, who looks at the model in between. */
export function loopOptions(
  folder: RunFolder,
  experiment: Experiment,
  engine: ProbeEngine,
  stores: Stores,
  { figures, order, schedule }: TrainingPlan,
  from: Progress,
  signal: AbortSignal,
): LoopOptions {
  const { config, dataset } = experiment;
  const { store, kept } = stores.training;
  const { name } = folder.record;
  const history = foldEvents(readEvents(folder.dir));
  const saveEpochs = new Set(figures.saveEpochs);
  const epochStart = from.epoch * figures.batchesPerEpoch;
  return {
    name,
    engine,
    store,
    labels: kept.map((sample) => dataset.labels[sample]!),
    order,
    schedule,
    totalSteps: figures.iterations,
    dropout: stepDropout(experiment),
    seed: config.SEED,
    batchSize: config.DATALOADER.batch_size,
    printFrequency: config.TRAIN.print_freq,
    saveAfter: (step, epoch, epochEnds) => {
      if (config.TRAIN.epoch_based)
        return epochEnds && saveEpochs.has(epoch) ? `${name}_epoch${epoch}` : undefined;
      return step % figures.saveIter === 0 ? `${name}_iter${step}` : undefined;
    },
    from,
    fingerprint: experiment.fingerprint,
    lossesOfEpoch: history.loss.slice(epochStart, from.step),
    observer: retrievalObserver(experiment, engine, stores, folder, history, signal),
    folder,
    signal,
  };
}

function retrievalObserver(
  { config, heldOut, options, probe }: Experiment,
  engine: ProbeEngine,
  stores: Stores,
  folder: RunFolder,
  { evals }: RunHistory,
  signal: AbortSignal,
): RetrievalObserver | undefined {
  if (!heldOut || !stores.heldOut) return undefined;
  const { store, kept } = stores.heldOut;
  const scorer = new HeldOutScorer(heldOut, store, kept, config.EVAL.metric);
  const { threads } = options;
  const score = () =>
    scorer.score((features) => engine.embed(features), probe.embeddingDim, { threads, signal });
  return new RetrievalObserver({ config: config.EVAL, folder, score, signal, before: evals });
}
