import type { Config } from '../config/schema/index.ts';
import type { RunFolder } from '../run/folder.ts';
import type { Experiment } from './experiment.ts';
import { fillStores, type Stores } from './fill-store.ts';
import { createFinetune } from './finetune/create.ts';
import { openImages } from './finetune/open-images.ts';
import { createProbe } from './probe/create.ts';
import type { ProbeEngine } from './probe/engine.ts';

// All that differs between a frozen backbone, whose features are stored, and one that is trained.

/** The engine of the trained part, with its weights at the start. */
export function createEngine({
  fineTuning,
  backbone,
  probe,
  config,
  options,
}: Experiment): Promise<ProbeEngine> {
  return fineTuning
    ? createFinetune(backbone, probe, neckDropout(config), options)
    : createProbe(probe, options);
}

/** What the engine takes in: stored features, or images. Undefined: stopped meanwhile. */
export function openStores(
  experiment: Experiment,
  epochs: number,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<Stores | undefined> {
  const open = experiment.fineTuning ? openImages : fillStores;
  return open(experiment, epochs, folder, signal);
}

/** Dropout on what the engine takes in; where the backbone is trained, the engine drops behind it. */
export function stepDropout({ fineTuning, config }: Experiment): number {
  return fineTuning ? 0 : neckDropout(config);
}

function neckDropout({ MODEL: { NECK } }: Config): number {
  return NECK.neck_type === 'proj_layer' ? NECK.dropout : 0;
}
