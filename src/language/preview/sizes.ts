import { centresPerClass } from '../../config/derived.ts';
import { optimizerMoments } from '../../config/optimizer-moments.ts';
import type { ModelFacts } from '../../config/registries.ts';
import type { Config } from '../../config/schema/index.ts';
import { count } from '../dataset-items.ts';
import { bytesText, featureStoreBytes, featureWidth, parameterCounts, storedViews } from '../figures.ts';
import type { TrainingFacts } from './training-facts.ts';
import type { Figure, PartPreview, SizePreview } from './types.ts';

const BYTES = 4; // float32
const UNKNOWN = '?';

/** Parameters and memory of backbone, neck and head, and the size of what is stored. */
export function previewSizes(
  config: Config,
  data: TrainingFacts,
  model: ModelFacts | undefined,
): SizePreview {
  const { BACKBONE, NECK, HEAD, embedding_dim } = config.MODEL;
  const { backbone, neck, head, total, trained } = parameterCounts(config, model, data.classes);
  const moments = optimizerMoments(config.OPTIMIZER).length;
  const row = (name: string, parameters: number | undefined, isTrained: boolean): PartPreview => {
    const isKept = isTrained && moments > 0 && parameters !== 0;
    return {
      name,
      parameters: parameters === undefined ? UNKNOWN : count(parameters),
      trained: parameters === 0 ? '' : isTrained ? 'yes' : 'no',
      weights: memory(parameters, 1),
      moments: isKept ? memory(parameters, moments) : '',
    };
  };
  const { freeze_backbone } = BACKBONE;
  const missing = [
    ...(backbone === undefined ? ['the backbone'] : []),
    ...(head === undefined ? ['the head, because the number of classes is not known'] : []),
  ];
  return {
    parts: [
      row('backbone', backbone, !freeze_backbone),
      row(`neck (${NECK.neck_type})`, neck, true),
      row(`head (${HEAD.name})`, head, true),
      {
        name: 'sum',
        parameters: count(total),
        trained: count(trained),
        weights: bytesText(total * BYTES),
        moments: bytesText(trained * moments * BYTES),
      },
    ],
    figures: [
      {
        label: 'features to embedding',
        value: `${count(featureWidth(config, model))} to ${count(embedding_dim)}`,
      },
      { label: 'class centres', ...centres(config, data) },
      ...(freeze_backbone ? [storeFigure(config, data, model)] : []),
    ],
    ...(missing.length > 0 && { note: `The sums are without ${missing.join(' and ')}.` }),
  };
}

/** @param copies numbers kept for each parameter */
function memory(parameters: number | undefined, copies: number): string {
  return parameters === undefined ? UNKNOWN : bytesText(parameters * copies * BYTES);
}

function centres(config: Config, { classes, about }: TrainingFacts): Pick<Figure, 'value' | 'note'> {
  const each = centresPerClass(config);
  return {
    value: classes === undefined ? UNKNOWN : about + count(classes * each),
    note: `${each} a class`,
  };
}

function storeFigure(
  config: Config,
  { allImages: images, about }: TrainingFacts,
  model: ModelFacts | undefined,
): Figure {
  const label = 'feature store';
  if (images === undefined) return { label, value: UNKNOWN };
  const views = storedViews(config, images);
  return {
    label,
    value: about + bytesText(featureStoreBytes(config, featureWidth(config, model), images)),
    note: views === 1 ? 'on disk, float32' : `on disk, float32, ${count(views)} views of each image`,
  };
}
