import type { Config } from '../config/schema/index.ts';
import type { ChosenEngine } from '../engine/choose.ts';
import type { RunFolder } from '../run/folder.ts';
import type { Experiment } from './experiment.ts';
import { fillStores, type Stores } from './fill-store.ts';
import { createProbe } from './probe/create.ts';
import type { ProbeEngine } from './probe/engine.ts';

// All that differs between a frozen backbone, whose features are stored, and one that is trained.

/** The trained part on the engine chosen for it, with its weights at the start. */
export async function createEngine(experiment: Experiment, chosen: ChosenEngine): Promise<ProbeEngine> {
  const { fineTuning, backbone, probe, config, options } = experiment;
  if (!fineTuning) return createProbe(probe, chosen, options);
  const { createFinetune } = await import('./finetune/create.ts'); // TensorFlow.js, which a probe may do without
  return createFinetune(backbone, probe, neckDropout(config), chosen, options);
}

/** What the engine takes in: stored features, or images. Undefined: stopped meanwhile. */
export async function openStores(
  experiment: Experiment,
  epochs: number,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<Stores | undefined> {
  if (!experiment.fineTuning) return fillStores(experiment, epochs, folder, signal);
  const { openImages } = await import('./finetune/open-images.ts');
  return openImages(experiment, epochs, folder, signal);
}

/** Dropout on what the engine takes in; where the backbone is trained, the engine drops behind it. */
export function stepDropout({ fineTuning, config }: Experiment): number {
  return fineTuning ? 0 : neckDropout(config);
}

function neckDropout({ MODEL: { NECK } }: Config): number {
  return NECK.neck_type === 'proj_layer' ? NECK.dropout : 0;
}
