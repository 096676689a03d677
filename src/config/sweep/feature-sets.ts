import type { KeyValue } from '../schema/fields.ts';
import type { Config } from '../schema/index.ts';
import { applyOverrides } from './apply.ts';

/**
 * For each run, the number of the first run that needs the same features, from 1: only that one computes them. 0 where
 * the backbone is trained and nothing is stored.
 */
export function featureSets(
  config: Config,
  runs: readonly { readonly index: number; readonly overrides: Readonly<Record<string, KeyValue>> }[],
): number[] {
  const first = new Map<string, number>();
  return runs.map(({ index, overrides }) => {
    const own = applyOverrides(config, overrides);
    if (!own.MODEL.BACKBONE.freeze_backbone) return 0;
    const key = featureIdentity(own);
    if (!first.has(key)) first.set(key, index);
    return first.get(key)!;
  });
}

/** All that the stored features depend on. */
function featureIdentity({ MODEL, TRANSFORM, TRAIN, DATASET, EVAL, SEED }: Config): string {
  const { type, model_name, weights, proj_layer } = MODEL.BACKBONE;
  // A random transform has a view for each epoch; held-out classes are chosen by the seed.
  const isRandom = TRANSFORM.name !== 'openai-clip';
  const views = isRandom ? [SEED, TRAIN.epochs, TRAIN.iterations] : [];
  const held = EVAL.hold_out === 'classes' ? [SEED] : [];
  return JSON.stringify([type, model_name, weights, proj_layer, TRANSFORM, DATASET.names, views, held]);
}
