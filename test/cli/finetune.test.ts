import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openSafetensors, readTensor } from '../../src/formats/safetensors.ts';
import type { Graph } from '../../src/graph/ops.ts';
import { foldEvents } from '../../src/run/history.ts';
import { readEvents, readRunRecord } from '../../src/run/reader.ts';
import { interrupted, mdfe } from './mdfe.ts';
import { fineTuningConfig, writeTinyBackbone } from './tiny-backbone.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

const SIDE = 14; // pixels: 2 x 2 patches
const EPOCHS = 6;
const STEPS_PER_EPOCH = 3;

let w: Workspace;
let graph: Graph;
let tiny: string;
beforeAll(async () => {
  w = await makeWorkspace();
  tiny = join(w.dir, 'tiny');
  graph = await writeTinyBackbone(tiny, SIDE);
});

const fineTuning = (text: string) => fineTuningConfig(text, tiny, SIDE, EPOCHS);
const frozen = (text: string) => fineTuning(text).replace('freeze_backbone: False', 'freeze_backbone: True');

/** Without the workspace's own backbone weights. */
const train = (config: string, name: string, ...more: string[]) =>
  [...w.train(config, '--name', name, '--device', 'wasm').slice(0, -2), ...more] as const;
const runDir = (name: string) => join(w.results, name);
const historyOf = (name: string) => foldEvents(readEvents(runDir(name)));
const checkpoint = (name: string) => join(runDir(name), 'checkpoints', `${name}_epoch${EPOCHS}.safetensors`);

const whole = async () => {
  if (!existsSync(runDir('whole'))) await mdfe(...train(w.config('whole', fineTuning), 'whole'));
  return historyOf('whole');
};

describe('fine-tuning', () => {
  test('trains the whole network and leaves what a run folder promises', async () => {
    const { code, stdout, stderr } = await mdfe(...train(w.config('plain', fineTuning), 'plain'));
    expect(stderr).not.toMatch(/error/);
    expect(code).toBe(0);
    expect(stdout).toMatch(/the backbone is trained too/);
    const { start, loss, outcome } = historyOf('plain');
    expect(start!.trainableParameters).toBe(start!.totalParameters);
    expect(start!.trainEngine.name).toBe('tfjs-wasm');
    expect(loss).toHaveLength(EPOCHS * STEPS_PER_EPOCH);
    expect(outcome).toMatchObject({ type: 'end', status: 'done' });
    expect(existsSync(join(w.dir, 'cache', 'features'))).toBe(false);
    const saved = await openSafetensors(checkpoint('plain'));
    for (const [name, { shape }] of graph.weights)
      expect(saved.tensors.get(name)?.shape, name).toEqual(shape);
    for (const name of ['neck.neck.1.weight', 'neck.neck.1.bias', 'head.weight'])
      expect(saved.tensors.has(name), name).toBe(true);
  });

  test('says that a precision of the frozen backbone does not count', async () => {
    const { code, stderr } = await mdfe(
      ...train(w.config('precise', fineTuning), 'precise', '--precision', 'int8'),
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/precision int8 does not count here/);
  });

  test('its checkpoint is a backbone for other runs, and embeds by itself', async () => {
    await whole();
    const images = join(w.data, 'products-10k', 'train');
    const embed = async (run: string, name: string, ...more: string[]) => {
      const output = join(w.dir, `${name}.npy`);
      const options = ['--cache-dir', join(w.dir, 'cache-2'), '--output', output, ...more];
      const { code, stderr } = await mdfe('embed', run, images, ...options);
      expect(stderr).not.toMatch(/error/);
      expect(code).toBe(0);
      return readFileSync(output);
    };
    const own = await embed(runDir('whole'), 'own');
    const probe = w.config('probe', frozen);
    const given = ['--checkpoint', checkpoint('whole'), '--backbone-weights', checkpoint('whole')];
    expect((await embed(probe, 'given', ...given)).equals(own)).toBe(true);
    const untrained = await embed(probe, 'untrained', '--checkpoint', checkpoint('whole'));
    expect(untrained.equals(own)).toBe(false);
  });

  test('its backbone is packaged as a folder for local-dir:', async () => {
    await whole();
    const output = join(w.dir, 'packaged');
    const { code, stdout } = await mdfe(
      'package',
      runDir('whole'),
      '--format',
      'backbone',
      '--half',
      '--output',
      output,
    );
    expect(stdout).toContain(`local-dir:${output}`);
    expect(code).toBe(0);
    const packaged = await openSafetensors(join(output, 'model.safetensors'));
    expect([...packaged.tensors.keys()].sort()).toEqual([...graph.weights.keys()].sort());
    for (const { dtype } of packaged.tensors.values()) expect(dtype).toBe('F16');
    const features = async (config: string, ...more: string[]) => {
      const file = join(w.dir, 'features.safetensors');
      const images = join(w.data, 'products-10k', 'train');
      const options = ['--features', '--output', file, '--cache-dir', join(w.dir, 'cache-3'), ...more];
      expect((await mdfe('embed', config, images, ...options)).stderr).not.toMatch(/error/);
      return readTensor(await openSafetensors(file), 'embeddings');
    };
    const trained = await features(w.config('trained', frozen), '--backbone-weights', checkpoint('whole'));
    const there = (text: string) => frozen(text).replace(tiny, output);
    const again = await features(w.config('packaged', there));
    expect(again).toHaveLength(trained.length);
    const furthest = Math.max(...again.map((x, i) => Math.abs(x - trained[i]!)));
    expect(furthest).toBeGreaterThan(0);
    expect(furthest).toBeLessThan(1e-2);
    const twice = await mdfe('package', runDir('whole'), '--format', 'backbone', '--output', output);
    expect(twice.code).toBe(2);
    expect(twice.stderr).toMatch(/--force/);
  });

  test('a stopped run goes on with the losses of an uninterrupted one', async () => {
    const { loss, epochs } = await whole();
    const config = w.config('stopped', fineTuning);
    const stopped = await interrupted([...train(config, 'stopped'), '--json'], {
      signal: 'SIGINT',
      type: 'step',
      least: 4,
    });
    expect(stopped.code).toBe(130);
    const { step } = readRunRecord(runDir('stopped'))!;
    expect(step).toBeGreaterThanOrEqual(4);
    expect(step).toBeLessThan(EPOCHS * STEPS_PER_EPOCH);
    expect((await mdfe('train', '--resume', runDir('stopped'))).code).toBe(0);
    expect(historyOf('stopped').loss).toEqual(loss);
    expect(historyOf('stopped').epochs.map((e) => e.meanLoss)).toEqual(epochs.map((e) => e.meanLoss));
  });

  test('sees other views of the images in every epoch, the same ones in every run', async () => {
    const still = (text: string) =>
      fineTuning(text).replace('lr: 2e-3', 'lr: 1e-12').replace('min_lr: 1e-4', 'min_lr: 0');
    const sums = async (name: string, ...more: string[]) => {
      const config = w.config('still', (text) =>
        `${still(text)}`.replace('HEAD:', 'NECK: { dropout: 0.0 }\n  HEAD:'),
      );
      await mdfe(...train(config, name, ...more));
      return historyOf(name).epochs.map((e) => e.meanLoss);
    };
    const fresh = await sums('fresh', '--no-shuffle');
    expect(new Set(fresh.map((x) => x.toFixed(4))).size).toBeGreaterThan(3);
    expect(await sums('fresh-again', '--no-shuffle')).toEqual(fresh);
    const two = await sums('two-views', '--no-shuffle', '--views', '2');
    expect(two[2]).toBeCloseTo(two[0]!, 4);
    expect(two[1]).toBeCloseTo(fresh[1]!, 4);
  });

  test('scores what is held out before training, and as it goes on', async () => {
    const config = w.config(
      'eval',
      (text) => `${fineTuning(text)}EVAL: { hold_out: classes, class_share: 0.5, every: 3 }\n`,
    );
    expect((await mdfe(...train(config, 'eval'))).code).toBe(0);
    const { evals } = historyOf('eval');
    expect(evals.map((e) => e.epoch)).toEqual([0, 3, 6]);
    expect(evals.every(({ metrics }) => Number.isFinite(metrics['mMP@5']))).toBe(true);
    expect(existsSync(join(runDir('eval'), 'checkpoints', 'eval_best.safetensors'))).toBe(true);
  });

  test('a loss that is no number ends the run with the last good checkpoint', async () => {
    const config = w.config('nan', (text) => fineTuning(text).replace('lr: 2e-3', 'lr: 1e38'));
    const { code, stderr } = await mdfe(...train(config, 'nan'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/OPTIMIZER\.lr/);
    const { lastCheckpoint } = readRunRecord(runDir('nan'))!;
    expect(existsSync(join(runDir('nan'), lastCheckpoint!))).toBe(true);
  });

  test('a damaged image stops the run before it trains', async () => {
    const damaged = join(w.data, 'products-10k', 'train', '1-1.png');
    const bytes = readFileSync(damaged);
    try {
      writeFileSync(damaged, bytes.subarray(0, 60));
      const config = w.config('damaged', fineTuning);
      const { code, stderr } = await mdfe(...train(config, 'damaged'));
      expect(stderr).toMatch(/1-1\.png[\s\S]*--skip-bad-images/);
      expect(code).toBe(1);
      expect((await mdfe(...train(config, 'left-out', '--skip-bad-images'))).code).toBe(0);
      expect(historyOf('left-out').start).toMatchObject({ samples: 15 });
    } finally {
      writeFileSync(damaged, bytes);
    }
  });

  test('starts from random weights with --from-scratch', async () => {
    const config = w.config('scratch', fineTuning);
    for (const name of ['scratch', 'scratch-again'])
      expect((await mdfe(...train(config, name, '--from-scratch'))).code).toBe(0);
    expect(historyOf('scratch').loss).not.toEqual((await whole()).loss);
    expect(historyOf('scratch-again').loss).toEqual(historyOf('scratch').loss);
  });

  test.each([[['--micro-batch', '2']], [['--from-scratch']]])(
    '%s is refused for a frozen backbone',
    async (flags) => {
      const { code, stderr } = await mdfe(...train(w.config('frozen', frozen), 'frozen', ...flags));
      expect(stderr).toMatch(/freezes the backbone/);
      expect(code).toBe(2);
    },
  );
});
