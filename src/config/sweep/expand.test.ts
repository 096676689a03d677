import { describe, expect, test } from 'vitest';
import { parseConfig } from '../parse.ts';
import { resolvedYaml } from '../resolved-yaml.ts';
import type { KeyValue } from '../schema/fields.ts';
import { configSchema, defaultConfig } from '../schema/index.ts';
import { applyOverrides } from './apply.ts';
import { expandSweep } from './expand.ts';
import { runLabel, shortNames } from './label.ts';
import { sweepableFields, whyFixed } from './sweepable.ts';

const sweep = (section: object) => expandSweep(configSchema.parse({ SWEEP: section }).SWEEP);
const labels = (section: object) => sweep(section).runs.map((run) => run.label);

describe('grid', () => {
  test('the last key changes fastest', () => {
    const keys = { 'OPTIMIZER.lr': [0.02, 0.001], 'MODEL.HEAD.m': [0.3, 0.5] };
    expect(labels({ keys })).toEqual(['lr=2e-2 m=0.3', 'lr=2e-2 m=0.5', 'lr=1e-3 m=0.3', 'lr=1e-3 m=0.5']);
    expect(sweep({ keys }).runs[3]).toEqual({
      index: 4,
      label: 'lr=1e-3 m=0.5',
      overrides: { 'OPTIMIZER.lr': 0.001, 'MODEL.HEAD.m': 0.5 },
    });
  });

  test('is cut by runs, and says how many there would be', () => {
    const section = { runs: 3, keys: { SEED: [1, 2], 'MODEL.HEAD.k': [1, 2, 3] } };
    expect(labels(section)).toEqual(['SEED=1 k=1', 'SEED=1 k=2', 'SEED=1 k=3']);
    expect(sweep(section).combinations).toBe(6);
  });

  test.each([
    [
      { 'OPTIMIZER.lr': { min: 1e-3, max: 1e-1, scale: 'log', steps: 5 } },
      [0.001, 0.00316, 0.01, 0.0316, 0.1],
    ],
    [{ 'MODEL.HEAD.m': { min: 0.2, max: 0.5, steps: 4 } }, [0.2, 0.3, 0.4, 0.5]],
    [{ 'OPTIMIZER.weight_decay': { min: 0, max: 1, steps: 3 } }, [0, 0.5, 1]],
    [{ 'MODEL.HEAD.s': { min: 100, max: 101, steps: 5 } }, [100, 100.25, 100.5, 100.75, 101]],
    [{ 'MODEL.HEAD.k': { min: 1, max: 4 } }, [1, 2, 3, 4]],
    [{ 'DATALOADER.batch_size': { min: 16, max: 256, scale: 'log', steps: 5 } }, [16, 32, 64, 128, 256]],
    [{ 'MODEL.HEAD.k': { min: 1, max: 3, steps: 9 } }, [1, 2, 3]],
    [{ SEED: [1, 1, 2] }, [1, 2]],
  ])('%j', (keys, expected) => {
    expect(sweep({ keys }).runs.map((run) => Object.values(run.overrides)[0])).toEqual(expected);
  });

  test('without steps, a range gives no grid', () => {
    expect(sweep({ keys: { 'OPTIMIZER.lr': { min: 0.1, max: 1 } } })).toEqual({
      runs: [],
      combinations: Number.POSITIVE_INFINITY,
    });
  });
});

describe('random', () => {
  const section = {
    method: 'random',
    runs: 30,
    keys: { 'OPTIMIZER.lr': { min: 1e-3, max: 1e-1, scale: 'log' }, 'MODEL.HEAD.k': { min: 1, max: 3 } },
  };

  test('the same seed draws the same runs, another one others, and more draws begin alike', () => {
    const first = labels(section);
    expect(labels(section)).toEqual(first);
    expect(labels({ ...section, seed: 43 })).not.toEqual(first);
    expect(labels({ ...section, runs: 50 }).slice(0, 30)).toEqual(first);
  });

  test('values lie in the range, evenly in its scale, with three digits', () => {
    const rates = sweep({ ...section, runs: 1000 }).runs.map((run) => Number(run.overrides['OPTIMIZER.lr']));
    for (const lr of rates) {
      expect(lr).toBeGreaterThanOrEqual(1e-3);
      expect(lr).toBeLessThanOrEqual(1e-1);
      expect(Number(lr.toPrecision(3))).toBe(lr);
    }
    const below = rates.filter((lr) => lr < 1e-2).length / rates.length;
    expect(Math.abs(below - 0.5)).toBeLessThan(0.05);
  });

  test('no combination is drawn twice; all of them are when as many are asked for', () => {
    const keys = { SEED: [1, 2, 3], 'MODEL.HEAD.k': [1, 2] };
    for (const runs of [0, 6, 100]) {
      const drawn = labels({ method: 'random', runs, keys });
      expect(drawn).toHaveLength(6);
      expect(new Set(drawn).size).toBe(6);
      expect(drawn).not.toEqual(labels({ keys }));
    }
  });

  test('ends where rounding leaves no other value', () => {
    const keys = { 'MODEL.HEAD.k': { min: 1, max: 3, scale: 'log' } };
    expect(labels({ method: 'random', runs: 10, keys }).sort()).toEqual(['k=1', 'k=2', 'k=3']);
  });
});

test('labels tell keys of one name apart and write values briefly', () => {
  const values: Record<string, KeyValue> = {
    'MODEL.HEAD.name': 'AdaFace',
    'OPTIMIZER.name': 'SGD',
    'DATASET.names': ['gldv2', 'sop'],
    'SCHEDULER.warmup': null,
    'MODEL.BACKBONE.freeze_backbone': true,
    'MODEL.HEAD.s': 30,
    'SCHEDULER.warmup_steps': 1e6,
  };
  expect(runLabel(shortNames(Object.keys(values)), Object.values(values))).toBe(
    'HEAD.name=AdaFace OPTIMIZER.name=SGD names=gldv2+sop warmup=None freeze_backbone=True s=30 warmup_steps=1e6',
  );
});

test("a run's configuration has its values, and no sweep", () => {
  const config = configSchema.parse({ SEED: 7, SWEEP: { keys: { 'OPTIMIZER.lr': [0.5] } } });
  const run = applyOverrides(config, { 'OPTIMIZER.lr': 0.5, SEED: 8 });
  expect(run).toEqual({ ...defaultConfig, SEED: 8, OPTIMIZER: { ...defaultConfig.OPTIMIZER, lr: 0.5 } });
  expect(config.SEED).toBe(7);
});

test('a sweep that is written out reads back', () => {
  const keys = {
    'OPTIMIZER.lr': { min: 1e-5, max: 0.1, scale: 'log' as const, steps: 5 },
    'MODEL.HEAD.name': ['ArcFace', 'AdaFace'],
    'SCHEDULER.warmup': ['linear', null],
    'DATASET.names': [['gldv2'], ['gldv2', 'folder:my data']],
    'MODEL.HEAD.dynamic_s': [true, false],
    'MODEL.BACKBONE.model_name': ['None', '5', 'a, b'],
  };
  const config = configSchema.parse({ SWEEP: { method: 'random', runs: 9, keys } });
  const { problems, effective } = parseConfig(resolvedYaml(config), 'resolved.yaml');
  expect(problems.filter((p) => p.severity === 'error')).toEqual([]);
  expect(effective.SWEEP).toEqual(config.SWEEP);
});

test('keys that do not change what is trained are not swept', () => {
  expect([...sweepableFields.keys()]).toContain('OPTIMIZER.lr');
  for (const path of [
    'SWEEP.runs',
    'MODEL.output_dir',
    'DATASET.root',
    'EVAL.hold_out',
    'GOOGLE_DRIVE.scope',
  ])
    expect(whyFixed(path)).toBeTruthy();
});
