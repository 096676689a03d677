import { splitTag } from '../config/checks/model.ts';
import { centresPerClass } from '../config/derived.ts';
import { isOpenClipType } from '../models/types.ts';
import type { MeasuredSpeed } from '../run/record.ts';
import type { Experiment } from './experiment.ts';

/** What decides how fast an experiment is. */
export function speedConditions({ config, backbone, probe, fineTuning }: Experiment): MeasuredSpeed {
  const { model_name, type } = config.MODEL.BACKBONE;
  return {
    model: splitTag(model_name, isOpenClipType(type)).name,
    imageSize: backbone.imageSize,
    fineTuning,
    optimizer: config.OPTIMIZER.name,
    batchSize: probe.batchSize,
    embeddingDim: probe.embeddingDim,
    classes: probe.classes,
    centres: centresPerClass(config),
  };
}
