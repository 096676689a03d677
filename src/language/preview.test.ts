import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { someDatasets, someModels } from '../../test/fixtures/config/registries.ts';
import { GOLDEN, readCases } from '../../test/golden-folder.ts';
import { goldenTensors } from '../../test/golden-tensors.ts';
import { parseConfig } from '../config/parse.ts';
import type { MachineFacts, MeasuredRun } from '../config/registries.ts';
import { HEAD_NAMES } from '../heads/head.ts';
import type { LanguageContext } from './context.ts';
import { type ExperimentPreview, experimentPreview } from './preview.ts';

const sizes = [
  { images: 3, classes: 6 },
  { images: 20, classes: 3 },
  { images: 922, classes: 1 },
];
const machine: MachineFacts = {
  dataRoot: '/d',
  files: new Map(),
  datasets: new Map([
    ['gldv2', { state: 'present', counts: { images: 1000, classes: 10, classSizes: sizes } }],
    ['m4d-35k', { state: 'missing', what: 'train.csv is not there', expected: '', page: '' }],
  ]),
};
const known: LanguageContext = { models: someModels, datasets: someDatasets, machine };
const DATA = 'DATASET: {names: [gldv2]}\n';

function preview(text: string, context: LanguageContext = known): ExperimentPreview {
  return experimentPreview(text, parseConfig(text, '', context), context);
}
const figure = (of: ExperimentPreview, label: string) =>
  [...of.duration, ...of.sizes.figures].find((f) => f.label === label);
const field = (of: ExperimentPreview, path: string) =>
  of.form.flatMap(({ fields }) => fields).find((f) => f.path === path);

describe('learning rate', () => {
  const cases = readCases<{
    case: string;
    OPTIMIZER: { lr: number };
    SCHEDULER: Record<string, unknown> & { warmup_steps: number; epoch_based: boolean };
    batch_size: number;
    epochs: number;
    samples: number;
  }>(GOLDEN, 'probe');

  test.each(cases)('is the golden one of $case', async (c) => {
    const warmup = c.SCHEDULER.warmup_steps === 0 ? 0 : 10;
    const config = {
      DATASET: { names: ['gldv2'] },
      DATALOADER: { batch_size: c.batch_size },
      TRAIN: { epochs: c.epochs },
      OPTIMIZER: { lr: c.OPTIMIZER.lr },
      // From 10 on, the length of the warm-up is given in images.
      SCHEDULER: {
        ...c.SCHEDULER,
        warmup_steps: warmup,
        seen_img_warmup: Math.max(1, c.SCHEDULER.warmup_steps * c.batch_size),
      },
    };
    const counts = { images: c.samples, classes: 3 };
    const datasets = new Map([['gldv2', { state: 'present' as const, counts }]]);
    const { schedule } = preview(JSON.stringify(config), { ...known, machine: { ...machine, datasets } });
    const lrs = (await goldenTensors(join(c.root, 'probe', `${c.case}.safetensors`))).get('lrs')!.data;
    const perEpoch = Math.ceil(c.samples / c.batch_size);
    expect(schedule!.unit).toBe('epochs');
    expect(schedule!.curve.at(-1)!.x).toBe(c.epochs);
    expect(schedule!.curve.at(-1)!.y).toBeCloseTo(lrs.at(-1)!, 8);
    let compared = 0;
    for (const { x, y } of schedule!.curve.slice(0, -1)) {
      const step = Math.round(x * perEpoch);
      // The golden curve holds the rate after each step; where the cosine counts epochs, both jump there.
      if (step === 0 || (c.SCHEDULER.epoch_based && step % perEpoch === 0)) continue;
      expect(y).toBeCloseTo(lrs[step - 1]!, 8);
      compared++;
    }
    expect(compared).toBe(lrs.length - (c.SCHEDULER.epoch_based ? c.epochs : 1)); // the end is compared above
  });

  test('of a long run is thinned, and keeps the end of the warm-up and the checkpoints', () => {
    const text = `${DATA}DATALOADER: {batch_size: 1}\nTRAIN: {epochs: 500, save_epoch: [1, 2, 3, 500]}\n`;
    const { schedule } = preview(text);
    expect(schedule!.curve.length).toBeLessThan(500);
    expect(schedule!.warmupEnd).toBe(1);
    expect(Math.max(...schedule!.curve.map(({ y }) => y))).toBeCloseTo(2e-3, 6);
    expect(schedule!.saves.map(({ x }) => x)).toEqual([1, 2, 3, 500]);
    expect(schedule!.saving).toBe('Checkpoints after epochs 1 to 3, 500 (4)');
  });

  test('counted by iterations', () => {
    const text =
      'DATALOADER: {batch_size: 10}\nTRAIN: {epoch_based: False, iterations: 250, seen_img_save: 1000}\n';
    const { schedule } = preview(DATA + text);
    expect(schedule).toMatchObject({ unit: 'epochs', warmupEnd: 1 });
    expect(schedule!.curve.at(-1)!.x).toBe(2.5);
    expect(schedule!.saves.map(({ x }) => x)).toEqual([1, 2]);
    expect(schedule!.saving).toBe('Checkpoints every 100 steps and at the end (3)');
    const unknown = preview(text).schedule!;
    expect(unknown.unit).toBe('steps');
    expect(unknown.curve.at(-1)!.x).toBe(250);
    expect(unknown.warmupEnd).toBeUndefined();
    expect(unknown.note).toContain('1,000 steps');
  });

  test('of nothing', () => {
    expect(preview(`${DATA}TRAIN: {epochs: 0}\n`).schedule).toBeUndefined();
  });
});

describe('head', () => {
  test.each(HEAD_NAMES)('%s', (name) => {
    const { head } = preview(`${DATA}MODEL: {HEAD: {name: ${name}, s: 10, dynamic_s: False}}\n`);
    const targets = head.curves.filter((curve) => curve.of === 'target');
    const others = head.curves.filter((curve) => curve.of === 'others');
    for (const { logits } of head.curves) {
      expect(logits).toHaveLength(181);
      expect(logits.every(Number.isFinite)).toBe(true);
    }
    // A margin never helps the label's class.
    for (const target of targets)
      for (let angle = 2; angle < 178; angle++)
        expect(target.logits[angle]!).toBeLessThanOrEqual(others[0]!.logits[angle]! + 1e-9);
    expect(head.note).not.toBe('');
  });

  test('values of the formulas', () => {
    const at = (text: string) => preview(`${DATA}MODEL: {HEAD: ${text}}\n`).head.curves;
    const cos = (degrees: number) => Math.cos((degrees * Math.PI) / 180);
    const [arc, plain] = at('{name: ArcFace, s: 30, m: 0.5}');
    expect(arc!.logits[60]).toBeCloseTo(30 * Math.cos(Math.PI / 3 + 0.5), 10);
    expect(plain!.logits[60]).toBeCloseTo(15, 10);
    const [li] = at('{name: LiArcFace, s: 30, m: 0.5}');
    expect(li!.logits[90]).toBeCloseTo((-30 * 2 * 0.5) / Math.PI, 10);
    const dynm = at('{name: DynM-ArcFace, s: 1, m_min: 0.1, m_max: 0.6}');
    expect(dynm.map(({ logits }) => logits[90]!)).toEqual([
      expect.closeTo(Math.cos(Math.PI / 2 + 0.6), 6),
      expect.closeTo(Math.cos(Math.PI / 2 + 0.1), 6),
      expect.closeTo(0, 6),
    ]);
    const [, start, late] = at('{name: CurricularFace, s: 1, m: 0.5}');
    // Harder than 45 degrees + m: c (t + c); beyond: c.
    expect(start!.logits[60]).toBeCloseTo(0.25, 6);
    expect(late!.logits[60]).toBeCloseTo(0.5 * 1.2, 6);
    expect(late!.logits[80]).toBeCloseTo(cos(80), 6);
    const ada = at('{name: AdaFace, s: 1, m: 0.4, h: 0.1}');
    expect(ada.slice(0, 3).map(({ logits }) => logits[90]!)).toEqual([
      expect.closeTo(Math.cos(Math.PI / 2 + 0.4), 6), // angular
      expect.closeTo(-0.4, 6),
      expect.closeTo(Math.cos(Math.PI / 2 - 0.4) - 0.8, 6), // additive
    ]);
    const [cosine] = at('{name: AdaCos}');
    expect(cosine!.logits[0]).toBeCloseTo(Math.SQRT2 * Math.log(9), 5);
  });

  test('AdaCos says for how many classes it is drawn where the data is not known', () => {
    expect(preview('MODEL: {HEAD: {name: AdaCos}}\n').head.note).toContain('drawn for 1,000');
  });
});

describe('margins of DynM-ArcFace', () => {
  const text = 'MODEL: {HEAD: {name: DynM-ArcFace, m_max: 0.5, m_min: 0.2}}\n';

  test('by the classes of the data', () => {
    const { margins } = preview(DATA + text);
    expect(margins!.curve[0]).toEqual({ x: 3, y: 0.5 });
    expect(margins!.curve.at(-1)!.x).toBe(922);
    expect(margins!.curve.at(-1)!.y).toBeCloseTo(0.2, 12);
    expect(margins!.curve.length).toBeLessThanOrEqual(200);
    expect(margins!.classes.reduce((sum, { y }) => sum + y, 0)).toBe(10);
    expect(margins!.classes[0]).toEqual({ x: 3, y: 9 });
    expect(margins!.note).toBe('10 classes of 3 to 922 images');
  });

  test('over an assumed range, said so', () => {
    const { margins } = preview(text);
    expect(margins).toMatchObject({ classes: [], note: expect.stringContaining('not known') });
    expect(preview(DATA).margins).toBeUndefined();
  });
});

describe('parameters', () => {
  const model = 'MODEL: {BACKBONE: {model_name: vit_base_patch16_siglip_224}, HEAD: {k: 3}}\n';
  const parts = (of: ExperimentPreview) => of.sizes.parts.map((p) => [p.parameters, p.trained, p.moments]);

  test('of a probe', () => {
    const of = preview(DATA + model);
    expect(parts(of)).toEqual([
      ['92,884,224', 'no', ''],
      ['49,216', 'yes', '393.7 kB'],
      ['1,920', 'yes', '15.4 kB'],
      ['92,935,360', '51,136', '409.1 kB'],
    ]);
    expect(figure(of, 'class centres')).toMatchObject({ value: '30', note: '3 a class' });
    expect(figure(of, 'feature store')!.value).toBe('3.1 MB');
    expect(of.task).toBe('linear-probing');
  });

  test('of fine-tuning, where the backbone counts too', () => {
    const of = preview(
      `${DATA}MODEL: {BACKBONE: {model_name: vit_base_patch16_siglip_224, freeze_backbone: False}}\nOPTIMIZER: {name: SGD, momentum: 0}\n`,
    );
    expect(parts(of)[0]).toEqual(['92,884,224', 'yes', '']);
    expect(parts(of).at(-1)![1]).toBe('92,934,080');
    expect(figure(of, 'feature store')).toBeUndefined();
    expect(of.task).toBe('fine-tuning');
  });

  test('of which some are not known', () => {
    const of = preview(
      'MODEL: {BACKBONE: {model_name: "local-dir:x"}, NECK: {neck_type: pooling}, HEAD: {k: 2}}',
    );
    expect(parts(of)).toEqual([
      ['?', 'no', ''],
      ['0', '', ''],
      ['?', 'yes', '?'],
      ['0', '0', '0.0 kB'],
    ]);
    expect(of.sizes.note).toContain('without the backbone and the head');
  });

  test('a random transform stores a view for each epoch', () => {
    const of = preview(`${DATA}${model}TRANSFORM: {name: siglip}\nTRAIN: {epochs: 4}\n`);
    expect(figure(of, 'feature store')).toMatchObject({
      value: '12.3 MB',
      note: expect.stringContaining('4 views'),
    });
  });
});

describe('steps and time', () => {
  const run: MeasuredRun = {
    name: 'm1',
    model: 'vit_so400m_patch14_siglip_384',
    imageSize: 384,
    fineTuning: false,
    optimizer: 'Adam',
    batchSize: 128,
    embeddingDim: 64,
    classes: 10,
    centres: 1,
    featureSpeed: 40,
    featureDevice: 'some CPU',
    stepSeconds: 0.5,
  };
  const at = (text: string, runs: readonly MeasuredRun[]) =>
    preview(DATA + text, { ...known, machine: { ...machine, runs } });

  test('without a measurement', () => {
    const of = preview(`${DATA}TRAIN: {epochs: 2}\nDATALOADER: {batch_size: 300}\n`);
    expect(figure(of, 'steps per epoch')!.value).toBe('4');
    expect(figure(of, 'steps')).toMatchObject({ value: '8', note: '2 epochs' });
    expect(figure(of, 'warm-up')).toMatchObject({ value: '4 steps', note: '1,200 images' });
    expect(figure(of, 'images seen')!.value).toBe('2,000');
    expect(figure(of, 'time for features')).toMatchObject({
      value: '?',
      note: expect.stringContaining('run it once'),
    });
  });

  test('about, where a part of the data is held out', () => {
    const of = preview(`${DATA}EVAL: {hold_out: classes}\n`);
    expect(figure(of, 'steps')!.value).toBe('about 80');
    expect(figure(of, 'warm-up')!.value).toBe('about 8 steps');
    const counted = preview(`${DATA}EVAL: {hold_out: classes}\nTRAIN: {epoch_based: False, iterations: 9}\n`);
    expect(figure(counted, 'steps')!.value).toBe('9');
  });

  test('from the run that is most alike', () => {
    const of = at('', [{ ...run, name: 'm2', classes: 1000, stepSeconds: 9, featureSpeed: 20 }, run]);
    expect(figure(of, 'time for features')).toMatchObject({
      value: 'about 50 s',
      note: 'from run m2: 20 images/s on some CPU; if none is stored yet',
    });
    expect(figure(of, 'time for training')).toMatchObject({
      value: 'about 40 s',
      note: 'from run m1: 500 ms a step (10 classes x 1, batch 128)',
    });
  });

  test('scaled by the work of a step, and said so', () => {
    const of = at('MODEL: {HEAD: {k: 4}}\nOPTIMIZER: {name: SAM_Adam}\n', [run]);
    expect(figure(of, 'time for training')).toMatchObject({
      value: 'about 5 min 20 s',
      note: expect.stringContaining('here it has 8 times the work'),
    });
  });

  test('another model, size or task is no measurement', () => {
    const other = at('MODEL: {BACKBONE: {model_name: vit_base_patch16_siglip_224}}\n', [run]);
    expect(figure(other, 'time for features')!.value).toBe('?');
    expect(figure(other, 'time for training')!.value).toBe('about 40 s');
    const tuning = at('MODEL: {BACKBONE: {freeze_backbone: False}}\n', [run]);
    expect(figure(tuning, 'time for training')!.value).toBe('?');
    expect(figure(tuning, 'time for features')).toBeUndefined();
    const tuned = at('MODEL: {BACKBONE: {freeze_backbone: False}}\nDATALOADER: {batch_size: 64}\n', [
      { ...run, fineTuning: true },
    ]);
    expect(figure(tuned, 'time for training')!.note).toContain('0.5 times the work');
  });
});

describe('a sweep', () => {
  const run: MeasuredRun = {
    name: 'm1',
    model: 'vit_so400m_patch14_siglip_384',
    imageSize: 384,
    fineTuning: false,
    optimizer: 'Adam',
    batchSize: 128,
    embeddingDim: 64,
    classes: 10,
    centres: 1,
    featureSpeed: 40,
    stepSeconds: 0.5,
  };
  const SWEEP = 'SWEEP: {keys: {TRAIN.epochs: [10, 20], OPTIMIZER.lr: [1e-3, 2e-3]}}\n';
  const of = (text: string, runs: readonly MeasuredRun[] = [run]) =>
    preview(DATA + text, { ...known, machine: { ...machine, runs } }).sweep;
  const figureOf = (text: string, label: string, runs?: readonly MeasuredRun[]) =>
    of(text, runs)?.figures.find((f) => f.label === label);

  test('says how many runs there are, and their time: features once, steps for each', () => {
    expect(of(SWEEP)).toMatchObject({
      method: 'grid',
      runs: 4,
      labels: ['epochs=10 lr=1e-3', 'epochs=10 lr=2e-3', 'epochs=20 lr=1e-3', 'epochs=20 lr=2e-3'],
    });
    expect(figureOf(SWEEP, 'passes of the backbone')?.value).toBe('1');
    expect(figureOf(SWEEP, 'ranked by')?.value).toBe('training loss');
    // 1,000 images at 40 a second, and (80 + 160) steps twice at half a second.
    expect(figureOf(SWEEP, 'time')).toMatchObject({
      value: 'about 4 min 25 s',
      note: expect.stringContaining('25 s of it for features'),
    });
  });

  test('a swept random transform needs features of its own', () => {
    const text = 'SWEEP: {keys: {TRANSFORM.name: [openai-clip, siglip], OPTIMIZER.lr: [1e-3, 2e-3]}}\n';
    expect(figureOf(text, 'passes of the backbone')?.value).toBe('2');
  });

  test('without a measurement, and without a sweep that can be read', () => {
    expect(figureOf(SWEEP, 'time', [])).toMatchObject({
      value: '?',
      note: expect.stringContaining('run it once'),
    });
    expect(of('SWEEP: {keys: {OPTIMIZER.lr: []}}\n')).toBeUndefined();
    expect(of('')).toBeUndefined();
  });

  test('of many runs the first ones stand for all', () => {
    const text = 'SWEEP: {keys: {SEED: {min: 1, max: 400}}}\n';
    expect(of(text)).toMatchObject({ runs: 400 });
    expect(of(text)?.labels).toHaveLength(200);
    // 400 runs of 80 steps at half a second, and the features.
    expect(figureOf(text, 'time')?.value).toBe('about 4 h 27 min');
  });
});

describe('what is missing is said', () => {
  test.each([
    [{}, 'looked up'],
    [{ files: new Map() }, 'MDFE: Select Data Folder'],
    [machine, 'm4d-35k is not below the data folder: train.csv is not there'],
    [{ ...machine, datasets: new Map([['m4d-35k', { state: 'present' }]]) }, 'not counted'],
  ] as [MachineFacts, string][])('%#', (facts, text) => {
    const of = preview('TRAIN: {epochs: 3}\n', { ...known, machine: facts });
    expect(of.missing).toContain(text);
    expect(figure(of, 'steps')!.value).toBe('?');
    expect(figure(of, 'warm-up')!.value).toBe('1 epoch');
    expect(of.schedule!.curve.at(-1)!.x).toBe(3);
    expect(of.schedule!.note).toContain('as if');
  });

  test('a zero-shot model trains nothing', () => {
    expect(preview('MODEL: {name: x}\nTRANSFORM: {size: 384}\n').task).toBe('zero-shot');
  });
});

describe('form', () => {
  test('shows the values that count, and which of them the file gives', () => {
    const of = preview('MODEL: {HEAD: {m: 4e-1}}\nOPTIMIZER: {lr: 2e-2}\n');
    expect(field(of, 'OPTIMIZER.lr')).toMatchObject({ value: '0.02', given: true, default: '0.002' });
    expect(field(of, 'OPTIMIZER.lr')!.reset).toEqual([{ path: 'OPTIMIZER.lr', value: null }]);
    expect(field(of, 'OPTIMIZER.weight_decay')).toMatchObject({ value: '0.0001', given: false, reset: [] });
    expect(field(of, 'MODEL.HEAD.m')!.number).toMatchObject({ whole: false, minimum: 0 });
    expect(field(of, 'SCHEDULER.name')!.options.map((o) => o.changes[0]!.value)).toEqual(['cosine', 'None']);
  });

  test('has the keys of the chosen head only', () => {
    const keys = (name: string) =>
      preview(`MODEL: {HEAD: {name: ${name}}}\n`)
        .form.find(({ title }) => title === 'MODEL.HEAD')!
        .fields.map(({ label }) => label);
    expect(keys('AdaCos')).toEqual(['name', 'dynamic_s']);
    expect(keys('DynM-ArcFace')).toEqual(['name', 'k', 's', 'm_max', 'm_min']);
    expect(keys('AdaFace')).toEqual(['name', 's', 'm', 'h', 't_alpha']);
  });

  test('what cannot be read stands there as it is written', () => {
    const lr = field(preview('OPTIMIZER: {lr: fast}\n'), 'OPTIMIZER.lr');
    expect(lr).toMatchObject({ value: 'fast', problems: [{ severity: 'error' }] });
    const head = field(preview('MODEL: {HEAD: {name: Arcface}}\n'), 'MODEL.HEAD.name')!;
    expect(head.options[0]).toMatchObject({ label: 'Arcface', selected: true, changes: [] });
    expect(head.options.filter(({ selected }) => selected)).toHaveLength(1);
    const frozen = field(
      preview('MODEL: {BACKBONE: {freeze_backbone: 2}}\n'),
      'MODEL.BACKBONE.freeze_backbone',
    );
    expect(frozen).toMatchObject({ value: '2', options: [{ selected: false }, { selected: false }] });
  });

  test('another model brings its weights, width and size along', () => {
    const text = 'MODEL:\n  BACKBONE: {output_dim: 1152}\nTRANSFORM: {size: 384}\n';
    const options = (path: string, of = text) => field(preview(of), path)!.options;
    const choose = (path: string, label: string, of = text) =>
      options(path, of).find((o) => o.label === label)!.changes;
    expect(choose('MODEL.BACKBONE.model_name', 'vit_base_patch16_siglip_224')).toEqual([
      { path: 'MODEL.BACKBONE.model_name', value: 'vit_base_patch16_siglip_224' },
      { path: 'MODEL.BACKBONE.output_dim', value: '768' },
      { path: 'TRANSFORM.size', value: '224' },
    ]);
    expect(choose('MODEL.BACKBONE.type', 'clip')).toEqual([
      { path: 'MODEL.BACKBONE.type', value: 'clip' },
      { path: 'MODEL.BACKBONE.model_name', value: 'ViT-B-16' },
      { path: 'MODEL.BACKBONE.weights', value: 'openai' },
      { path: 'MODEL.BACKBONE.output_dim', value: '768' },
      { path: 'TRANSFORM.size', value: '224' },
    ]);
    // A size that the patches cover stays.
    expect(choose('MODEL.BACKBONE.type', 'dinov2', 'TRANSFORM: {size: 224}\n')).toEqual([
      { path: 'MODEL.BACKBONE.type', value: 'dinov2' },
      { path: 'MODEL.BACKBONE.model_name', value: 'vit_small_patch14_dinov2' },
    ]);
    const clip = 'MODEL: {BACKBONE: {type: clip, model_name: ViT-B-16, weights: openai}}\n';
    expect(choose('MODEL.BACKBONE.type', 'meta-clip', clip)).toHaveLength(1);
    expect(choose('MODEL.BACKBONE.type', 'siglip', clip)).toContainEqual({
      path: 'MODEL.BACKBONE.weights',
      value: null,
    });
  });

  test('weights are a key of OpenCLIP models and a part of the name of timm models', () => {
    const timm = field(
      preview('MODEL: {BACKBONE: {model_name: vit_base_patch16_siglip_224.webli}}\n'),
      'MODEL.BACKBONE.weights',
    )!;
    expect(timm).toMatchObject({ value: 'webli', given: true, default: 'v2_webli' });
    expect(timm.reset).toEqual([{ path: 'MODEL.BACKBONE.model_name', value: 'vit_base_patch16_siglip_224' }]);
    expect(timm.options[0]!.changes).toEqual([
      { path: 'MODEL.BACKBONE.model_name', value: 'vit_base_patch16_siglip_224.v2_webli' },
    ]);
    const clip = field(
      preview('MODEL: {BACKBONE: {type: clip, model_name: ViT-B-16, weights: mine}}\n'),
      'MODEL.BACKBONE.weights',
    )!;
    expect(clip.options[0]).toMatchObject({ label: 'mine', selected: true, changes: [] });
    expect(clip.options[1]!.changes).toEqual([{ path: 'MODEL.BACKBONE.weights', value: 'openai' }]);
  });

  test('a model without published weights has no choice of them', () => {
    const own = preview('MODEL: {BACKBONE: {model_name: "local-dir:x"}}\n');
    expect(field(own, 'MODEL.BACKBONE.weights')).toBeUndefined();
    expect(field(own, 'MODEL.BACKBONE.model_name')!.options[0]).toMatchObject({
      label: 'local-dir:x',
      selected: true,
      changes: [],
    });
  });

  test('data sets are turned over, at least one stays', () => {
    const sets = (text: string) => field(preview(text), 'DATASET.names')!.options;
    const of = (text: string, label: string) => sets(text).find((o) => o.label === label)!;
    expect(of(DATA, 'gldv2')).toMatchObject({
      selected: true,
      detail: '1,000 images, 10 classes',
      changes: [],
    });
    expect(of(DATA, 'spo').changes).toEqual([{ path: 'DATASET.names.1', value: 'spo' }]);
    expect(of('', 'spo').changes).toEqual([{ path: 'DATASET.names', value: '[m4d-35k, spo]' }]);
    const two = 'DATASET: {names: [sop, "folder:a b"]}\n';
    expect(of(two, 'spo').changes).toEqual([{ path: 'DATASET.names.0', value: null }]);
    expect(of(two, 'folder:a b').changes).toEqual([{ path: 'DATASET.names.1', value: null }]);
    const text = "DATASET: {names: \"('sop', 'gldv2')\"}\n";
    expect(of(text, 'spo').changes).toEqual([{ path: 'DATASET.names', value: '[gldv2]' }]);
  });
});

test.each([
  'MODEL:\n\tHEAD: {',
  'MODEL: {HEAD: {name: "Arc',
  '[',
  '- a\n- b\n',
  '',
  'SCHEDULER:\nTRAIN: {epochs: many}\n*x',
])('broken text is previewed as far as it goes: %j', (text) => {
  const of = preview(text);
  expect(of.form.length).toBeGreaterThan(5);
  expect(of.problems.length).toBeGreaterThan(0);
});

test('says from which line on the text is no YAML', () => {
  expect(preview('SEED: x\nMODEL: {HEAD: {name: "Arc').brokenLine).toBe(2);
  expect(preview('MODEL: {HEAD: {name: Arc}}').brokenLine).toBeUndefined();
});
