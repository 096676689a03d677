import { describe, expect, test } from 'vitest';
import { someDatasets, someModels } from '../../../test/fixtures/config/registries.ts';
import { parseConfig } from '../parse.ts';

const context = { models: someModels, datasets: someDatasets };

/** `severity code path -> suggestion` of the checks between keys. */
function found(text: string): string[] {
  return parseConfig(text, 'x.yaml', context).problems.map(
    (p) => `${p.severity} ${p.code} ${p.path}${p.suggestion === undefined ? '' : ` -> ${p.suggestion}`}`,
  );
}

const clip = (rest: string) =>
  `MODEL: {BACKBONE: {type: clip, model_name: ViT-B-16, weights: openai${rest}}}`;

describe('each check', () => {
  test.each([
    ['MODEL: {embedding_dim: 65}', ['warning config/embedding-dim MODEL.embedding_dim -> 64']],
    ['MODEL: {embedding_dim: 64}', []],
    [
      'MODEL: {BACKBONE: {type: clip, model_name: 5}}',
      ['error config/type MODEL.BACKBONE.model_name -> "\'5\'"'],
    ],
    ['MODEL: {HEAD: {name: DynM-ArcFace, m_max: 0.1}}', ['error config/margin-order MODEL.HEAD.m_max']],
    ['MODEL: {HEAD: {name: DynM-ArcFace, m_min: 0.6}}', ['error config/margin-order MODEL.HEAD.m_min']],
    ['MODEL: {HEAD: {name: DynM-ArcFace, m_min: 0.5}}', []],
    ['MODEL: {HEAD: {name: AdaFace, k: 3}}', ['information config/ignored-key MODEL.HEAD.k']],
    ['MODEL: {HEAD: {name: AdaFace, k: 1}}', []],
    ['MODEL: {HEAD: {name: AdaCos, m: 0.3}}', ['information config/ignored-key MODEL.HEAD.m']],
    [
      'MODEL: {NECK: {neck_type: pooling, dropout: 0.1}}',
      ['information config/ignored-key MODEL.NECK.dropout'],
    ],
    ['OPTIMIZER: {momentum: 0.5}', ['information config/ignored-key OPTIMIZER.momentum']],
    ['SCHEDULER: {name: None, min_lr: 0.0}', ['information config/ignored-key SCHEDULER.min_lr']],
    ['TRANSFORM: {mean: "(0.5, 0.5, 0.5)"}', ['information config/recomputed-key TRANSFORM.mean']],
    ['DATASET: {names: [glvd2]}', ['error config/dataset DATASET.names.0 -> gldv2']],
    ['DATASET: {names: ["folder:x", sop]}', []],
    ['DATASET: {names: [sop, spo]}', ['error config/dataset-twice DATASET.names.1']],
    ['TRANSFORM: {name: openclip}', ['information config/random-transform TRANSFORM.name']],
    ['TRAIN: {epochs: 0}', ['error config/no-training TRAIN.epochs -> 10']],
    ['TRAIN: {epoch_based: False}', ['error config/no-training TRAIN.epoch_based']],
    ['TRAIN: {epoch_based: False, iterations: 0}', ['error config/no-training TRAIN.iterations']],
    ['TRAIN: {epoch_based: False, iterations: 9000}', []],
    ['TRAIN: {epochs: 3}', []],
    ['TRAIN: {epochs: 3, save_epoch: [1, 3, 4]}', ['warning config/save-epoch TRAIN.save_epoch -> [1, 3]']],
    ['TRAIN: {epochs: 3, save_epoch: [7]}', ['warning config/no-checkpoint TRAIN.save_epoch -> [3]']],
    ['TRAIN: {epochs: 3, save_epoch: []}', ['warning config/no-checkpoint TRAIN.save_epoch -> [3]']],
    [
      'TRAIN: {epoch_based: False, iterations: 9000, save_iter: 10}',
      ['information config/recomputed-key TRAIN.save_iter -> 2500'],
    ],
    ['TRAIN: {epoch_based: False, iterations: 2000}', ['warning config/no-checkpoint TRAIN.iterations']],
    ['SCHEDULER: {min_lr: 0.1}', ['warning config/min-lr SCHEDULER.min_lr']],
    ['OPTIMIZER: {lr: 1e-4}', ['warning config/min-lr OPTIMIZER.lr']],
    ['OPTIMIZER: {lr: 1e-3}', []],
    [
      'TRAIN: {epochs: 5}\nSCHEDULER: {warmup_steps: 6}',
      ['warning config/warmup-too-long SCHEDULER.warmup_steps'],
    ],
    ['TRAIN: {epochs: 1}', []],
    ['SCHEDULER: {warmup_steps: 9, warmup: None}', ['information config/ignored-key SCHEDULER.warmup_steps']],
    [
      'TRAIN: {epoch_based: False, iterations: 1000, seen_img_save: 1000}\nSCHEDULER: {warmup_steps: 10}',
      ['warning config/warmup-too-long SCHEDULER.warmup_steps'],
    ],
    [
      'MODEL: {BACKBONE: {freeze_backbone: False}}',
      ['warning config/fine-tuning-lr MODEL.BACKBONE.freeze_backbone'],
    ],
    ['MODEL: {BACKBONE: {freeze_backbone: False}}\nOPTIMIZER: {lr: 0.00002}\nSCHEDULER: {min_lr: 0}', []],
    [clip(''), []],
    [clip(', output_dim: 768'), []],
    [clip(', output_dim: 700'), ['information config/output-dim MODEL.BACKBONE.output_dim -> 768']],
    [clip(', proj_layer: True, output_dim: 512'), []],
    [
      'MODEL: {BACKBONE: {type: clip, model_name: ViT-B-16}}',
      ['error config/weights-missing MODEL.BACKBONE.model_name'],
    ],
    [
      'MODEL: {BACKBONE: {type: clip, model_name: ViT-B-16, weights: ""}}',
      ['error config/weights-missing MODEL.BACKBONE.weights -> openai'],
    ],
    [
      'MODEL: {BACKBONE: {type: clip, model_name: ViT-B-16, weights: opneai}}',
      ['error config/weights-unknown MODEL.BACKBONE.weights -> openai'],
    ],
    [
      'MODEL: {BACKBONE: {type: clip, model_name: ViT-B16, weights: openai}}',
      ['error config/model-unknown MODEL.BACKBONE.model_name -> ViT-B-16'],
    ],
    ['MODEL: {BACKBONE: {type: dinov2}}', ['error config/model-type MODEL.BACKBONE.type -> siglip']],
    [
      'MODEL: {BACKBONE: {model_name: vit_small_patch14_dinov2}}',
      ['error config/model-type MODEL.BACKBONE.model_name'],
    ],
    ['MODEL: {BACKBONE: {model_name: vit_base_patch16_siglip_224.webli}}', []],
    [
      'MODEL: {BACKBONE: {model_name: vit_base_patch16_siglip_224.webly}}',
      ['error config/weights-unknown MODEL.BACKBONE.model_name -> vit_base_patch16_siglip_224.webli'],
    ],
    ['EVAL: {hold_out: csv}', ['error config/eval-csv EVAL.hold_out']],
    ['EVAL: {hold_out: csv, csv_file: eval.csv, metric: cosine}', []],
    ['EVAL: {patience: 3}', ['information config/ignored-key EVAL.patience']],
    ['MODEL: {BACKBONE: {model_name: "local-dir:/models/x"}}', []],
    ['TRANSFORM: {size: 224}', ['information config/image-size-fixed TRANSFORM.size -> 384']],
    [
      'MODEL: {BACKBONE: {type: dinov2, model_name: vit_small_patch14_dinov2}}\nTRANSFORM: {size: 8}',
      ['error config/image-size TRANSFORM.size -> 518'],
    ],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

test('what is not handed in is not checked', () => {
  const text = 'MODEL: {BACKBONE: {model_name: nothing}}\nDATASET: {names: [nothing]}\n';
  expect(parseConfig(text, 'x.yaml').problems).toEqual([]);
});

test.each([
  ['MODEL: {HEAD: {name: AdaCos, m: 0.3}}', ['MODEL.HEAD.name stands here: name: AdaCos']],
  ['OPTIMIZER: {lr: 1e-4}\nSCHEDULER: {min_lr: 1e-3}', ['OPTIMIZER.lr stands here: lr: 1e-4']],
  ['SCHEDULER: {min_lr: 1e-1}', []],
  ['DATASET: {names: [sop, spo]}', ['DATASET.names.0 stands here: sop']],
  ['SEED: 1\nSEED: 2\n', ['first given here: SEED']],
])('%j points at what has a part in it', (text, expected) => {
  const places = parseConfig(text, '', context).problems.flatMap((p) => p.related ?? []);
  expect(
    places.map(({ range, message }) => `${message}: ${text.slice(range.start.offset, range.end.offset)}`),
  ).toEqual(expected);
});
