import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { foldEvents } from '../../src/run/history.ts';
import { readEvents, readRunRecord } from '../../src/run/reader.ts';
import { type Finished, interrupted, mdfe, start } from './mdfe.ts';
import { CLASSES, IMAGES_PER_CLASS, makeWorkspace, type Workspace, writeProducts } from './workspace.ts';

let w: Workspace;
beforeAll(async () => {
  w = await makeWorkspace();
});

const STEPS_PER_EPOCH = 3; // 16 images in batches of 6: the last one is smaller
const runDir = (name: string) => join(w.results, name);
const lossesOf = (name: string) => foldEvents(readEvents(runDir(name))).loss;
const LONG = 400; // epochs
/** Epochs that take minutes: more than another process needs to start on a busy machine. */
const ENDLESS = 100_000;

const configOf = (name: string, epochs: number) =>
  w.config(name, (text) => text.replace('epochs: 4', `epochs: ${epochs}`).replace('[2, 4]', `[${epochs}]`));
const longConfig = () => configOf('long', LONG);

describe('a run', () => {
  test('leaves everything that the run folder promises', async () => {
    rmSync(join(w.dir, 'cache'), { recursive: true, force: true }); // so that features are computed
    const { code, stdout } = await mdfe(...w.train(w.config('plain'), '--name', 'plain'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/epoch +4 +mean loss/);
    const dir = runDir('plain');
    expect(readFileSync(join(dir, 'config.yaml'), 'utf8')).toBe(readFileSync(w.config('plain'), 'utf8'));
    expect(readdirSync(join(dir, 'checkpoints')).sort()).toEqual([
      'plain_epoch2.safetensors',
      'plain_epoch4.resume.safetensors',
      'plain_epoch4.safetensors',
    ]);
    for (const file of ['resolved.yaml', 'logs_plain.txt', 'train_loss.png', 'lrs_scheduling.png'])
      expect(existsSync(join(dir, file)), file).toBe(true);
    expect(existsSync(join(dir, 'run.lock'))).toBe(false);
    const record = readRunRecord(dir)!;
    expect(record).toMatchObject({ status: 'done', step: 4 * STEPS_PER_EPOCH, seed: 3 });
    expect(record.lastLoss).toBe(lossesOf('plain').at(-1));
    expect(record.featureEngine?.name).toMatch(/onnxruntime/);
    expect(record.measured).toMatchObject({ fineTuning: false, batchSize: 6, classes: CLASSES });
    expect(record.measured!.featureSpeed).toBeGreaterThan(0);
    expect(record.measured!.stepSeconds).toBeGreaterThan(0);
    const history = foldEvents(readEvents(dir));
    expect(history.start).toMatchObject({ classes: CLASSES, samples: CLASSES * IMAGES_PER_CLASS });
    expect(history.epochs).toHaveLength(4);
    expect(history.outcome).toMatchObject({ type: 'end', status: 'done' });
  });

  test('prints its steps as CSV that reads back to the same doubles', async () => {
    await mdfe(...w.train(w.config('plain'), '--name', 'csv'));
    const { stdout } = await mdfe('metrics', runDir('csv'), '--csv');
    const [header, ...rows] = stdout.trimEnd().split('\n');
    expect(header).toBe('step,loss,lr');
    expect(rows.map((row) => Number(row.split(',')[1]))).toEqual(lossesOf('csv'));
  });

  test('finds all features in the store the second time, and says so', async () => {
    await mdfe(...w.train(w.config('plain'), '--name', 'first'));
    const { code, stdout, stderr } = await mdfe(...w.train(w.config('plain'), '--name', 'second'));
    expect(code).toBe(0);
    expect(stdout + stderr).toMatch(/all from the store/);
    expect(lossesOf('second')).toEqual(lossesOf('first'));
  });

  test('trains on features of half precision with nearly the same losses', async () => {
    await mdfe(...w.train(w.config('plain'), '--name', 'single'));
    await mdfe(...w.train(w.config('plain'), '--name', 'half', '--feature-dtype', 'float16'));
    const [single, half] = [lossesOf('single'), lossesOf('half')];
    expect(half).not.toEqual(single);
    half.forEach((loss, i) => {
      expect(Math.abs(loss - single[i]!)).toBeLessThan(0.02);
    });
  });

  test('takes the margins of DynM-ArcFace from the images per class in a file, written if missing', async () => {
    const file = join(w.dir, 'sizes', 'per-class.csv');
    const config = w.config('dynamic', (yaml) =>
      yaml
        .replace('name: ArcFace', 'name: DynM-ArcFace')
        .replace('DATASET:', `DATASET:\n  cls_dist_file: ${file}`),
    );
    expect((await mdfe(...w.train(config, '--name', 'counted'))).code).toBe(0);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines[0]).toBe('label,count');
    expect(lines).toHaveLength(1 + CLASSES);
    writeFileSync(file, lines.map((line, i) => (i === 1 ? '0,500' : line)).join('\n'));
    expect((await mdfe(...w.train(config, '--name', 'given'))).code).toBe(0);
    expect(lossesOf('given')).not.toEqual(lossesOf('counted'));
    expect(readFileSync(join(runDir('given'), 'logs_given.txt'), 'utf8')).toMatch(/in 1 class\n/);
    writeFileSync(file, 'label,count\n0,3\n');
    const refused = await mdfe(...w.train(config, '--name', 'refused'));
    expect(refused.stderr).toMatch(/does not belong to these data sets/);
  });

  test('computes features in 8 bits, says so, and stores them apart', async () => {
    await mdfe(...w.train(w.config('plain'), '--name', 'fp32'));
    await mdfe(...w.train(w.config('plain'), '--name', 'int8', '--precision', 'int8'));
    const [fp32, int8] = [lossesOf('fp32'), lossesOf('int8')];
    expect(int8).not.toEqual(fp32);
    int8.forEach((loss, i) => {
      expect(Math.abs(loss - fp32[i]!)).toBeLessThan(0.2);
    });
    const record = readRunRecord(runDir('int8'))!;
    expect(record.options.precision).toBe('int8');
    expect(record.featureEngine?.name).toBe('onnxruntime cpu, int8');
    expect(readFileSync(join(runDir('int8'), 'logs_int8.txt'), 'utf8')).toContain('onnxruntime cpu, int8');
    const refused = await mdfe(...w.train(w.config('plain'), '--name', 'none', '--precision', 'int4'));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/--precision has no usable value/);
  });

  test('trains in file order with --no-shuffle, which differs from the shuffled order', async () => {
    await mdfe(...w.train(w.config('plain'), '--name', 'ordered', '--no_shuffle'));
    await mdfe(...w.train(w.config('plain'), '--name', 'ordered-again', '--no-shuffle'));
    await mdfe(...w.train(w.config('plain'), '--name', 'shuffled'));
    expect(lossesOf('ordered-again')).toEqual(lossesOf('ordered'));
    expect(lossesOf('shuffled')).not.toEqual(lossesOf('ordered'));
  });

  test('starts from given neck and head with --init-from', async () => {
    await mdfe(...w.train(w.config('plain'), '--name', 'base', '--no-shuffle'));
    const checkpoint = join(runDir('base'), 'checkpoints', 'base_epoch4.safetensors');
    await mdfe(...w.train(w.config('plain'), '--name', 'further', '--no-shuffle', '--init-from', checkpoint));
    expect(lossesOf('further')[0]).toBeLessThan(lossesOf('base')[0]! - 1);
  });

  test('counts iterations where the configuration does', async () => {
    const config = w.config('iterations', (text) =>
      text
        .replace('epochs: 4', 'epoch_based: False\n  iterations: 7\n  seen_img_save: 30')
        .replace('save_epoch: [2, 4]', 'epochs: 4'),
    );
    expect((await mdfe(...w.train(config, '--name', 'iterations'))).code).toBe(0);
    expect(lossesOf('iterations')).toHaveLength(7);
    expect(readdirSync(join(runDir('iterations'), 'checkpoints'))).toContain('iterations_iter5.safetensors');
  });
});

describe('stopping and resuming', () => {
  const uninterrupted = async () => {
    if (!existsSync(runDir('whole'))) await mdfe(...w.train(longConfig(), '--name', 'whole'));
    return lossesOf('whole');
  };

  test('a stopped run goes on with the losses of an uninterrupted one', async () => {
    const whole = await uninterrupted();
    const stopped = await interrupted([...w.train(longConfig(), '--name', 'stopped'), '--json'], {
      signal: 'SIGINT',
      type: 'step',
      least: 20,
    });
    expect(stopped.code).toBe(130);
    const step = lossesOf('stopped').length;
    expect(step).toBeGreaterThanOrEqual(20);
    expect(step).toBeLessThan(LONG * STEPS_PER_EPOCH);
    expect(readRunRecord(runDir('stopped'))).toMatchObject({ status: 'stopped', step });
    expect((await mdfe('train', '--resume', runDir('stopped'))).code).toBe(0);
    expect(lossesOf('stopped')).toEqual(whole);
    const { epochs } = foldEvents(readEvents(runDir('stopped')));
    expect(epochs.map((e) => e.meanLoss)).toEqual(
      foldEvents(readEvents(runDir('whole'))).epochs.map((e) => e.meanLoss),
    );
  });

  test('a hang-up does not end a run that has no terminal', async () => {
    const args = [...w.train(longConfig(), '--name', 'hung-up'), '--json'];
    expect((await interrupted(args, { signal: 'SIGHUP', type: 'step', least: 1 })).code).toBe(0);
    expect(readRunRecord(runDir('hung-up'))).toMatchObject({ status: 'done' });
  });

  test('mdfe stop reaches the run', async () => {
    let asked: Promise<Finished> | undefined;
    const args = [...w.train(configOf('endless', ENDLESS), '--name', 'asked'), '--json'];
    const running = start(args, (line) => {
      if (JSON.parse(line).type === 'step') asked ??= mdfe('stop', runDir('asked'));
    });
    expect((await running.finished).code).toBe(130);
    expect((await asked!).code).toBe(0);
  });

  test('a killed run is seen as killed and can go on', async () => {
    const whole = await uninterrupted();
    const killed = await interrupted([...w.train(longConfig(), '--name', 'killed'), '--json'], {
      signal: 'SIGKILL',
      type: 'step',
      least: 5,
    });
    expect(killed.code).toBe('SIGKILL');
    expect((await mdfe('runs', w.results)).stdout).toMatch(/killed +killed/);
    expect((await mdfe('train', '--resume', runDir('killed'))).code).toBe(0);
    expect(lossesOf('killed')).toEqual(whole);
  });

  test('a loss that is no number ends the run with the last good checkpoint', async () => {
    const config = w.config('nan', (text) =>
      text.replace('lr: 2e-3', 'lr: 1e38').replace('epochs: 4', 'epochs: 9'),
    );
    const { code, stderr } = await mdfe(...w.train(config, '--name', 'nan'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/OPTIMIZER\.lr/);
    const record = readRunRecord(runDir('nan'))!;
    expect(record).toMatchObject({ status: 'failed', error: { code: 'train/not-finite' } });
    expect(existsSync(join(runDir('nan'), record.lastCheckpoint!))).toBe(true);
  });
});

test('a run that is stopped while its features are computed goes on with those that are done', async () => {
  const root = mkdtempSync(join(tmpdir(), 'mdfe-many-'));
  await writeProducts(root, 40, 10);
  const args = [...w.train(w.config('plain'), `DATA=${root}`, '--name', 'many'), '--json'];
  expect((await interrupted(args, { signal: 'SIGTERM', type: 'features', least: 1 })).code).toBe(130);
  expect(readRunRecord(runDir('many'))).toMatchObject({ status: 'stopped', step: 0 });
  expect((await mdfe('train', '--resume', runDir('many'))).code).toBe(0);
  const reused = readEvents(runDir('many'))
    .filter((e) => e.type === 'features')
    .map((e) => e.reused);
  expect(Math.max(...reused)).toBeGreaterThan(0);
});
