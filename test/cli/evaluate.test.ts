import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openSafetensors, readTensor } from '../../src/formats/safetensors.ts';
import { foldEvents } from '../../src/run/history.ts';
import { readEvents, readRunRecord } from '../../src/run/reader.ts';
import { interrupted, mdfe, start } from './mdfe.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

const EVAL = 'EVAL: { hold_out: classes, class_share: 0.5, best_metric: mAP@R }\n';

let w: Workspace;
let config: string;
let inference: string[];
const runDir = (name: string) => join(w.results, name);
const historyOf = (name: string) => foldEvents(readEvents(runDir(name)));

beforeAll(async () => {
  w = await makeWorkspace();
  config = w.config('held-out', (text) => text + EVAL);
  inference = ['--backbone-weights', w.weights, '--cache-dir', join(w.dir, 'cache')];
  const { code, stderr } = await mdfe(...w.train(config, '--name', 'r'));
  expect(stderr).toMatch(/step 0: mMP@5/);
  expect(code).toBe(0);
});

describe('while training', () => {
  test('half of the classes are held out, scored before the first step and after each epoch', () => {
    const { start, evals } = historyOf('r');
    expect(start).toMatchObject({ classes: 2, samples: 8 });
    expect(evals.map((e) => e.epoch)).toEqual([0, 1, 2, 3, 4]);
    expect(evals[0]!.step).toBe(0);
    expect(Object.keys(evals[0]!.domains)).toEqual(['products_10k']);
  });

  test('the best state is kept beside the others, without what only resuming needs', () => {
    const { checkpoints, evals } = historyOf('r');
    const best = checkpoints.filter((c) => c.reason === 'best');
    const trained = evals.slice(1).map((e) => e.metrics['mAP@R']!);
    const top = evals[1 + trained.indexOf(Math.max(...trained))]!;
    expect(best.at(-1)).toMatchObject({ step: top.step, file: 'checkpoints/r_best.safetensors' });
    expect(existsSync(join(runDir('r'), 'checkpoints', 'r_best.resume.safetensors'))).toBe(false);
    expect(readRunRecord(runDir('r'))).toMatchObject({
      bestCheckpoint: 'checkpoints/r_best.safetensors',
      lastCheckpoint: 'checkpoints/r_epoch4.safetensors',
    });
  });

  test('stops early, with its last state saved', async () => {
    const early = w.config('early', (text) =>
      text
        .replace('epochs: 4', 'epochs: 50')
        .replace('[2, 4]', '[50]')
        .concat(EVAL.replace('}', ', patience: 2 }')),
    );
    const { code } = await mdfe(...w.train(early, '--name', 'early'));
    expect(code).toBe(0);
    const { evals, step, checkpoints } = historyOf('early');
    const last = evals.slice(-3).map((e) => e.metrics['mAP@R']!);
    expect(Math.max(last[1]!, last[2]!)).toBeLessThanOrEqual(last[0]!);
    expect(step).toBeLessThan(100);
    expect(readRunRecord(runDir('early'))).toMatchObject({ status: 'done', step });
    expect(checkpoints.at(-1)).toMatchObject({ step, reason: 'end' });
  });

  test('a run that was stopped goes on with the scores of an uninterrupted one', async () => {
    const long = w.config('long', (text) =>
      text.replace('epochs: 4', 'epochs: 60').replace('[2, 4]', '[60]').concat(EVAL),
    );
    await mdfe(...w.train(long, '--name', 'whole'));
    const stopped = await interrupted([...w.train(long, '--name', 'cut'), '--json'], {
      signal: 'SIGINT',
      type: 'step',
      least: 20,
    });
    expect(stopped.code).toBe(130);
    expect((await mdfe('train', '--resume', runDir('cut'))).code).toBe(0);
    const scores = (name: string) => historyOf(name).evals.map(({ step, metrics }) => ({ step, metrics }));
    expect(scores('cut')).toEqual(scores('whole'));
    const best = (name: string) =>
      historyOf(name).checkpoints.flatMap((c) => (c.reason === 'best' ? [c.step] : []));
    expect(best('cut')).toEqual(best('whole'));
  });

  test('without EVAL the training is as ever, and the resolved configuration has no such section', async () => {
    await mdfe(...w.train(w.config('plain'), '--name', 'plain'));
    expect(historyOf('plain')).toMatchObject({ evals: [], start: { classes: 4 } });
    expect(readFileSync(join(runDir('plain'), 'resolved.yaml'), 'utf8')).not.toContain('EVAL');
    expect(readFileSync(join(runDir('r'), 'resolved.yaml'), 'utf8')).toContain('EVAL');
  });
});

describe('mdfe evaluate', () => {
  const evaluate = async (...args: string[]) => {
    const { code, stdout, stderr } = await mdfe('evaluate', ...args, '--json');
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout);
  };

  test('gives a run the scores that its training gave it', async () => {
    const { evals } = historyOf('r');
    const last = await evaluate(runDir('r'), w.data, '--checkpoint', 'last');
    expect(last.metrics['mMP@5']).toBeCloseTo(evals.at(-1)!.metrics['mMP@5']!, 10);
    expect(last.metrics['mAP@R']).toBeCloseTo(evals.at(-1)!.metrics['mAP@R']!, 10);
    expect(last).toMatchObject({ queries: 2, indexImages: 6, excluded: 0, metric: 'euclidean' });
    const best = await evaluate(runDir('r'), w.data);
    expect(best.checkpoint).toContain('r_best');
    expect(best.metrics['mAP@R']).toBeCloseTo(
      Math.max(...evals.slice(1).map((e) => e.metrics['mAP@R']!)),
      10,
    );
  });

  test('gives a configuration the zero-shot score', async () => {
    const scores = await evaluate(config, w.data, ...inference);
    expect(scores.metrics['mAP@R']).toBeCloseTo(historyOf('r').evals[0]!.metrics['mAP@R']!, 10);
    expect(scores).toMatchObject({ checkpoint: null, neck: 'untrained, seed 3' });
  });

  test('takes images from a CSV and counts queries without index images', async () => {
    const rows = [
      '0-0,0,query,a',
      '0-1,0,index,',
      '1-0,1,query,b',
      '1-1,1,index,',
      '2-0,2,query,b',
      '3-0,3,index,',
    ];
    const csv = join(w.dir, 'eval.csv');
    const lines = rows.map((row) => row.replace(/^[\d-]+/, (name) => `products-10k/train/${name}.png`));
    writeFileSync(csv, ['img_path,label,role,domain', ...lines].join('\n'));
    const scores = await evaluate(runDir('r'), w.data, '--csv', csv, '--metric', 'cosine');
    expect(scores).toMatchObject({ queries: 2, excluded: 1, indexImages: 3, metric: 'cosine' });
    expect(scores.domains).toMatchObject({ a: { queries: 1 }, b: { queries: 1, excluded: 1 } });
    const { stdout } = await mdfe('evaluate', runDir('r'), w.data, '--csv', csv);
    expect(stdout).toMatch(/domain +queries +not counted +mMP@5/);
    expect(stdout).toMatch(/1 query not counted/);
  });

  test('writes a gallery, worst queries first', async () => {
    const file = join(w.dir, 'gallery.jsonl');
    const { metrics } = await evaluate(runDir('r'), w.data, '--gallery', file);
    const entries = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entries).toHaveLength(2);
    expect((entries[0].score + entries[1].score) / 2).toBeCloseTo(metrics['mMP@5'], 10);
    expect(entries[0].score).toBeLessThanOrEqual(entries[1].score);
    for (const { query, domain, relevant, score, neighbours } of entries) {
      const classOf = (image: string) => image.split('/').at(-1)!.split('-')[0];
      expect({ domain, relevant }).toEqual({ domain: 'products_10k', relevant: 3 });
      expect(neighbours).toHaveLength(5);
      for (const n of neighbours) expect(n.right).toBe(classOf(n.image) === classOf(query));
      const right = neighbours.slice(0, 3).filter((n: { right: boolean }) => n.right).length;
      expect(score).toBeCloseTo(right / 3, 10);
    }
  });

  test.each([
    ['a metric that is none', ['--metric', 'manhattan'], /euclidean, cosine/, 2],
    ['a missing checkpoint', ['--checkpoint', 'no.safetensors'], /best or last/, 2],
    ['a missing CSV', ['--csv', 'no.csv'], /img_path, label, role/, 2],
  ])('%s', async (_, args, message, expected) => {
    const { code, stderr } = await mdfe('evaluate', runDir('r'), w.data, ...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(expected);
  });
});

describe('mdfe embed', () => {
  const folder = () => join(w.data, 'products-10k', 'train');
  const read = async (path: string) => {
    const file = await openSafetensors(path);
    const { shape } = file.tensors.get('embeddings')!;
    return { shape, data: await readTensor(file, 'embeddings'), files: JSON.parse(file.metadata.files!) };
  };

  test('writes what the neck makes of the features, in the order given', async () => {
    const images = ['2-1', '0-0', '3-3'].map((name) => join(folder(), `${name}.png`));
    const out = join(w.dir, 'e.safetensors');
    const features = join(w.dir, 'f.safetensors');
    expect((await mdfe('embed', runDir('r'), ...images, '--output', out)).stdout).toMatch(/\[3, 16\]/);
    await mdfe('embed', runDir('r'), ...images, '--output', features, '--features');
    const e = await read(out);
    const f = await read(features);
    expect(e.files).toEqual(images);
    expect(f.shape).toEqual([3, 384]);
    const checkpoint = await openSafetensors(join(runDir('r'), 'checkpoints', 'r_best.safetensors'));
    const weight = await readTensor(checkpoint, 'neck.neck.1.weight');
    const bias = await readTensor(checkpoint, 'neck.neck.1.bias');
    for (let i = 0; i < 3; i++)
      for (let d = 0; d < 16; d++) {
        let sum = bias[d]!;
        for (let j = 0; j < 384; j++) sum += f.data[i * 384 + j]! * weight[d * 384 + j]!;
        expect(e.data[i * 16 + d]).toBeCloseTo(sum, 4);
      }
  });

  test('takes a long list of files, and lets ONNX Runtime keep no record of it', async () => {
    const images = Array.from({ length: 1000 }, () => join(folder(), '2-1.png'));
    const home = join(w.dir, 'home');
    mkdirSync(home);
    const args = ['embed', runDir('r'), ...images, '--output', join(w.dir, 'many.npy')];
    const { code, stdout, stderr } = await start([...args, '--cache-dir', join(w.dir, 'many')], undefined, {
      env: { HOME: home, XDG_CACHE_HOME: undefined, CI: undefined },
    }).finished;
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/\[1000, 16\]/);
    expect(readdirSync(home)).toEqual([]);
  });

  test('a folder, with any checkpoint, as npy with its file names beside', async () => {
    const out = join(w.dir, 'all.npy');
    const checkpoint = join(runDir('r'), 'checkpoints', 'r_epoch2.safetensors');
    const { code, stderr } = await mdfe(
      'embed',
      config,
      folder(),
      '--output',
      out,
      '--checkpoint',
      checkpoint,
      ...inference,
    );
    expect(code, stderr).toBe(0);
    expect(readFileSync(out, 'latin1')).toContain("'shape': (16, 16)");
    expect(JSON.parse(readFileSync(`${out}.json`, 'utf8')).files).toHaveLength(16);
  });

  test.each([
    ['no output', [], /--output is missing/, 2],
    ['another kind of file', ['--output', 'x.csv'], /\.safetensors or \.npy/, 2],
    ['an image that is not there', ['no-such.png', '--output', 'x.npy'], /no-such\.png: image not found/, 1],
  ])('%s', async (_, args, message, expected) => {
    const { code, stderr } = await mdfe('embed', runDir('r'), folder(), ...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(expected);
  });
});

describe('mdfe neighbours', () => {
  const held = (role: string) => {
    const rows = ['0-0', '0-1', '0-2', '1-0', '1-1', '2-0'].map(
      (name, i) => `products-10k/train/${name}.png,${name[0]},${i === 0 ? 'query' : role}`,
    );
    const csv = join(w.dir, 'gallery.csv');
    writeFileSync(csv, ['img_path,label,role', ...rows].join('\n'));
    return csv;
  };

  test('lists the nearest index images with distance and mark, as a computation on embeddings finds them', async () => {
    const query = 'products-10k/train/0-0.png';
    const args = [runDir('r'), query, w.data, '--csv', held('index'), '--k', '3'];
    const found = JSON.parse((await mdfe('neighbours', ...args, '--json')).stdout);
    const out = join(w.dir, 'n.safetensors');
    const files = ['0-0', '0-1', '0-2', '1-0', '1-1', '2-0'].map((n) => `products-10k/train/${n}.png`);
    await mdfe('embed', runDir('r'), ...files.map((f) => join(w.data, f)), '--output', out);
    const e = await readTensor(await openSafetensors(out), 'embeddings');
    const expected = files
      .map((image, i) => {
        let sum = 0;
        for (let d = 0; d < 16; d++) sum += (e[d]! - e[i * 16 + d]!) ** 2;
        return { image, distance: Math.sqrt(sum), right: image.includes('/0-') };
      })
      .slice(1)
      .sort((a, b) => a.distance - b.distance)
      .slice(0, 3);
    expect(found.neighbours.map((n: { image: string }) => n.image)).toEqual(expected.map((n) => n.image));
    expect(found.neighbours.map((n: { right: boolean }) => n.right)).toEqual(expected.map((n) => n.right));
    found.neighbours.forEach((n: { distance: number }, i: number) => {
      expect(n.distance).toBeCloseTo(expected[i]!.distance, 4);
    });
    expect((await mdfe('neighbours', ...args)).stdout).toMatch(/rank +distance +is +class +image/);
  });

  test('an index image does not find itself', async () => {
    const query = 'products-10k/train/0-1.png';
    const { stdout } = await mdfe('neighbours', runDir('r'), query, w.data, '--csv', held('index'), '--json');
    const images = JSON.parse(stdout).neighbours.map((n: { image: string }) => n.image);
    expect(images).toHaveLength(4);
    expect(images).not.toContain(query);
  });
});

describe('mdfe dataset', () => {
  test('prints a table, the samples or a summary', async () => {
    const { stdout } = await mdfe('dataset', 'products_10k', w.data);
    expect(stdout).toMatch(/products_10k +4 +16 +4 +4 +4 +0 +0 +0/);
    const lines = (await mdfe('dataset', 'products_10k', w.data, '--jsonl')).stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(16);
    expect(JSON.parse(lines[5]!)).toEqual({
      dataset: 'products_10k',
      image: 'products-10k/train/1-1.png',
      label: 1,
    });
    const csv = 'csv:own.csv';
    writeFileSync(join(w.data, 'own.csv'), 'img_path,label\nproducts-10k/train/0-0.png,x\ngone.png,x\n');
    writeFileSync(join(w.data, 'broken.png'), 'not an image');
    const both = JSON.parse((await mdfe('dataset', 'products_10k', csv, w.data, '--json')).stdout);
    expect(both).toMatchObject({ classes: 5, images: 18, sets: [{ missing: 0 }, { missing: 1, min: 2 }] });
  });

  test('--check opens every image and fails when one is bad', async () => {
    expect((await mdfe('dataset', 'products_10k', w.data, '--check')).code).toBe(0);
    writeFileSync(join(w.data, 'broken.png'), 'not an image');
    writeFileSync(join(w.data, 'bad.csv'), 'img_path,label\nbroken.png,x\ngone.png,x\n');
    const { code, stdout } = await mdfe('dataset', 'csv:bad.csv', w.data, '--check');
    expect(code).toBe(1);
    expect(stdout).toMatch(/csv:bad\.csv +1 +2 +2 +2 +2 +0 +1 +1/);
    expect(stdout).toMatch(/bad: broken\.png: .*\n.*bad: gone\.png: image not found/);
  });

  test('an unknown set is named with its nearest', async () => {
    const { code, stderr } = await mdfe('dataset', 'product10k', w.data);
    expect(code).toBe(2);
    expect(stderr).toMatch(/did you mean products_10k/);
  });
});
