import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { foldEvents } from '../../src/run/history.ts';
import { readEvents } from '../../src/run/reader.ts';
import { interrupted, mdfe } from './mdfe.ts';
import { CLASSES, IMAGES_PER_CLASS, makeWorkspace, type Workspace, writeProducts } from './workspace.ts';

let w: Workspace;
beforeAll(async () => {
  w = await makeWorkspace();
});

const replacing = (from: string, to: string) => (text: string) => {
  if (!text.includes(from)) throw new Error(`the configuration has no ${from}`);
  return text.replace(from, to);
};

describe('configuration errors have a place, and end with 2', () => {
  test.each([
    ['unknown key', replacing('embedding_dim', 'embeding_dim'), /:3:3: error: .*did you mean embedding_dim/],
    ['wrong type', replacing('batch_size: 6', 'batch_size: many'), /:9:27: error: .*batch_size/],
    ['out of range', replacing('batch_size: 6', 'batch_size: 0'), /batch_size/],
    ['unknown data set', replacing('"products_10k"', '"product_10k"'), /:\d+:\d+: error: .*products_10k/],
    [
      'unknown model',
      replacing('vit_small_patch14_dinov2', 'vit_smal_patch14_dinov2'),
      /vit_small_patch14_dinov2/,
    ],
    ['model of another type', replacing('type: dinov2', 'type: siglip'), /is not a siglip model|siglip/],
    [
      'impossible margins',
      replacing('name: ArcFace', 'name: DynM-ArcFace, m_max: 0.1, m_min: 0.4'),
      /m_m(ax|in)/,
    ],
    ['broken YAML', replacing('SEED: 3', 'SEED: [3'), /:\d+:\d+: error:/],
    ['all at once', (text: string) => `${text}NONSENSE: 1\nALSO: 2\n`, /NONSENSE[\s\S]*ALSO/],
  ])('%s', async (name, change, message) => {
    const { code, stderr } = await mdfe(...w.train(w.config(name.replaceAll(' ', '-'), change)));
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  test.each([
    ['UTF-16', Buffer.from('\ufeffSEED: 1\n', 'utf16le'), /UTF-8[\s\S]*got: +UTF-16/],
    ['a binary file', Buffer.from([0x4d, 0xff, 0x00, 0x1b, 0x5b, 0x4a]), /not a text file/],
    ['a huge file', Buffer.alloc(17 * 2 ** 20, '# \n'), /too large/],
  ])('%s', async (name, bytes, message) => {
    const path = join(w.dir, `${name}.yaml`);
    writeFileSync(path, bytes);
    const { code, stderr } = await mdfe('train', path, w.data);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('internal');
    expect(code).toBe(2);
  });

  test('a folder, where the configuration belongs', async () => {
    const { code, stderr } = await mdfe('train', w.data, w.config('plain'));
    expect(stderr).toMatch(/this is a folder, not a configuration[\s\S]*configuration first/);
    expect(code).toBe(2);
  });

  test('a missing file', async () => {
    const { code, stderr } = await mdfe('train', 'no-such.yaml', w.data);
    expect(stderr).toMatch(/no-such\.yaml: there is no such configuration/);
    expect(code).toBe(2);
  });
});

describe('wrong use ends with 2 and says what to type', () => {
  test.each([
    ['unknown command', ['trian'], /did you mean mdfe train/],
    ['unknown flag', ['train', 'a', 'b', '--devise', 'cpu'], /did you mean --device/],
    ['no data folder', ['train', 'a.yaml'], /CONFIG and DATA_DIR/],
    ['bad number', ['train', '--threads', 'two', '--resume', 'x'], /--threads/],
    ['resume with a configuration', ['train', 'a.yaml', 'b', '--resume', 'x'], /--resume/],
    ['resume with another order', ['train', '--resume', 'x', '--no-shuffle'], /--no-shuffle/],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await mdfe(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  test('a checkpoint for features of a frozen backbone', async () => {
    const options = ['--features', '--checkpoint', 'none.safetensors', '--output', join(w.dir, 'x.npy')];
    const { code, stderr } = await mdfe('embed', w.config('plain'), w.data, ...options);
    expect(stderr).toMatch(/--checkpoint: --features end before the neck/);
    expect(code).toBe(2);
  });

  test('an unknown device', async () => {
    const { code, stderr } = await mdfe(...w.train(w.config('plain'), '--device', 'gpuu'));
    expect(stderr).toMatch(/no such device/);
    expect(code).toBe(2);
  });
});

describe('data', () => {
  const fresh = async () => {
    const root = mkdtempSync(join(tmpdir(), 'mdfe-bad-'));
    await writeProducts(root, CLASSES, IMAGES_PER_CLASS);
    return root;
  };
  const table = (root: string) => join(root, 'products-10k', 'train.csv');
  const image = (root: string, name: string) => join(root, 'products-10k', 'train', name);
  const trainOn = (root: string, ...more: string[]) =>
    mdfe(...w.train(w.config('plain'), `DATA=${root}`, ...more));

  test('a missing data folder', async () => {
    const { code, stderr } = await trainOn(join(w.dir, 'nowhere'));
    expect(stderr).toMatch(/nowhere/);
    expect(stderr).toMatch(/to do:/);
    expect(code).toBe(2);
  });

  test('a missing set folder names the folder that is expected', async () => {
    const { code, stderr } = await trainOn(mkdtempSync(join(tmpdir(), 'mdfe-empty-')));
    expect(stderr).toMatch(/products-10k/);
    expect(code).toBe(1);
  });

  test('a missing column names the columns that are there', async () => {
    const root = await fresh();
    writeFileSync(table(root), 'file,class,group\n0-0.png,0,0\n');
    const { code, stderr } = await trainOn(root);
    expect(stderr).toMatch(/name/);
    expect(stderr).toMatch(/file/);
    expect(code).toBe(1);
  });

  test('an empty set', async () => {
    const root = await fresh();
    writeFileSync(table(root), 'name,class,group\n');
    const { code, stderr } = await trainOn(root);
    expect(stderr).toMatch(/no images/);
    expect(code).toBe(1);
  });

  test('all missing and damaged images are listed before training', async () => {
    const root = await fresh();
    rmSync(image(root, '0-0.png'));
    truncateSync(image(root, '1-1.png'), 200);
    writeFileSync(image(root, '2-2.png'), 'not an image');
    const { code, stderr } = await trainOn(root, '--name', 'bad-images');
    for (const name of ['0-0.png', '1-1.png', '2-2.png']) expect(stderr).toContain(name);
    expect(stderr).toMatch(/--skip-bad-images/);
    expect(code).toBe(1);
    expect(foldEvents(readEvents(join(w.results, 'bad-images'))).step).toBe(0);

    const skipping = await trainOn(root, '--name', 'skipping', '--skip-bad-images');
    expect(skipping.code).toBe(0);
    expect(skipping.stderr).toMatch(/3 bad images left out/);
    const { start } = foldEvents(readEvents(join(w.results, 'skipping')));
    expect(start?.samples).toBe(CLASSES * IMAGES_PER_CLASS - 3);
  });

  test('classes below the minimum are dropped, and when none is left it is an error', async () => {
    const root = await fresh();
    writeFileSync(table(root), 'name,class,group\n0-0.png,0,0\n1-0.png,1,0\n');
    const { code, stderr } = await trainOn(root);
    expect(stderr).toMatch(/class/);
    expect(code).toBe(1);
  });

  test('a class with one image trains, with a note', async () => {
    const root = await fresh();
    writeFileSync(
      join(root, 'own.csv'),
      'img_path,label\nproducts-10k/train/0-0.png,a\nproducts-10k/train/1-0.png,b\n',
    );
    const config = w.config('single', replacing('"products_10k"', '"csv:own.csv"'));
    const { code, stderr } = await mdfe(...w.train(config, `DATA=${root}`, '--name', 'single'));
    expect(stderr).not.toMatch(/internal/);
    expect(code).toBe(0);
    const { lines } = foldEvents(readEvents(join(w.results, 'single')));
    expect(lines.map((l) => l.text)).toContainEqual(
      expect.stringMatching(/^csv:own\.csv: 2 classes with a single image/),
    );
    expect(stderr).toMatch(/2 classes with a single image/);
    expect(stderr).not.toMatch(/of one class/);
  });

  test('a single class trains, with a warning that it is pointless', async () => {
    const root = await fresh();
    writeFileSync(join(root, 'own.csv'), 'img_path,label\nproducts-10k/train/0-0.png,a\n');
    const config = w.config('alone', replacing('"products_10k"', '"csv:own.csv"'));
    const { code, stderr } = await mdfe(...w.train(config, `DATA=${root}`, '--name', 'alone'));
    expect(stderr).toMatch(/warning: all images are of one class/);
    expect(code).toBe(0);
  });
});

describe('weights', () => {
  const withWeights = (file: string) => {
    const args = w.train(w.config('plain'));
    args[args.indexOf('--backbone-weights') + 1] = file;
    return mdfe(...args);
  };

  test('absent', async () => {
    const { code, stderr } = await withWeights(join(w.dir, 'none.safetensors'));
    expect(stderr).toMatch(/none\.safetensors: there is no such file/);
    expect(code).toBe(2);
  });

  test('a folder, where one file is wanted', async () => {
    const { code, stderr } = await mdfe(...w.train(w.config('plain'), '--init-from', w.dir));
    expect(stderr).toMatch(/a folder, not a file/);
    expect(code).toBe(2);
  });

  test('truncated', async () => {
    const path = join(w.dir, 'cut.safetensors');
    copyFileSync(w.weights, path);
    truncateSync(path, 1_000_000);
    const { code, stderr } = await withWeights(path);
    expect(stderr).toMatch(/cut\.safetensors/);
    expect(code).toBe(1);
  });

  test('of another model', async () => {
    const config = w.config('base-model', replacing('vit_small_patch14_dinov2', 'vit_base_patch14_dinov2'));
    const { code, stderr } = await mdfe(...w.train(config));
    expect(stderr).toMatch(/look like vit_small_patch14_dinov2/);
    expect(code).not.toBe(0);
  });
});

describe.runIf(existsSync('/dev/full'))('a full disk', () => {
  test('ends the run with the reason, and leaves no lock', async () => {
    const dir = join(w.results, 'full');
    mkdirSync(dir, { recursive: true });
    symlinkSync('/dev/full', join(dir, 'events.jsonl'));
    const { code, stderr } = await mdfe(...w.train(w.config('plain'), '--name', 'full'));
    expect(stderr).toMatch(/the disk is full[\s\S]*then go on with: mdfe train --resume .*full\n/);
    expect(code).toBe(1);
    expect(existsSync(join(dir, 'run.lock'))).toBe(false);
  });
});

describe('places that take no file', () => {
  test('an output folder that is a file', async () => {
    const args = w.train(w.config('plain'));
    args[args.indexOf('--output-dir') + 1] = w.weights;
    const { code, stderr } = await mdfe(...args);
    expect(stderr).toContain(`${w.weights}: something of this name is there already`);
    expect(stderr).not.toMatch(/internal/);
    expect(code).toBe(1);
  });

  test('an embedding whose folder does not exist is refused before the work', async () => {
    const config = w.config('plain');
    const output = join(w.dir, 'no-such-folder', 'x.npy');
    const { code, stderr } = await mdfe('embed', config, w.data, '--output', output);
    expect(stderr).toMatch(/x\.npy: the folder of this file does not exist\n +to do: +make it/);
    expect(code).toBe(1);
  });
});

describe('run folders', () => {
  test('a name that is taken', async () => {
    await mdfe(...w.train(w.config('plain'), '--name', 'taken'));
    const { code, stderr } = await mdfe(...w.train(w.config('plain'), '--name', 'taken'));
    expect(stderr).toMatch(/a run in this folder already[\s\S]*--resume/);
    expect(code).toBe(2);
  });

  test('going on with other weights and other data says what has changed', async () => {
    const root = mkdtempSync(join(tmpdir(), 'mdfe-changed-'));
    await writeProducts(root, CLASSES, IMAGES_PER_CLASS);
    const config = w.config('endless', replacing('epochs: 4', 'epochs: 1000000'));
    const args = [...w.train(config, `DATA=${root}`, '--name', 'changed'), '--json'];
    expect((await interrupted(args, { signal: 'SIGINT', type: 'step' })).code).toBe(130);
    const resume = (...more: string[]) => mdfe('train', '--resume', join(w.results, 'changed'), ...more);

    const moved = `${root}-moved`;
    renameSync(root, moved);
    expect((await resume()).stderr).toMatch(/the data folder does not exist/);
    const onMoved = ['train', moved, '--resume', join(w.results, 'changed'), '--json'];
    expect((await interrupted(onMoved, { signal: 'SIGINT', type: 'step' })).code).toBe(130);

    const table = join(moved, 'products-10k', 'train.csv');
    writeFileSync(table, readFileSync(table, 'utf8').replace('0-1.png,0,', '0-1.png,1,'));
    const data = await resume('--feature-dtype', 'float16');
    expect(data.stderr).toContain(`data set products_10k in ${table}: 16 images of 4 classes, sha256`);
    expect(data.stderr).toMatch(/expected: .*--feature-dtype: float32/);
    expect(data.stderr).toMatch(/got: .*--feature-dtype: float16/);
    expect(data.code).toBe(1);

    writeFileSync(table, readFileSync(table, 'utf8').replace('0-1.png,1,', '0-1.png,0,'));
    rmSync(join(moved, 'products-10k', 'train', '0-1.png'));
    const fewer = await resume('--feature-dtype', 'float32', '--skip-bad-images');
    expect(fewer.stderr).toMatch(/expected: usable images: 16\n +got: +usable images: 15\n/);
    expect(fewer.code).toBe(1);
  });

  test('resuming what is complete, or no run at all', async () => {
    await mdfe(...w.train(w.config('plain'), '--name', 'complete'));
    const complete = await mdfe('train', '--resume', join(w.results, 'complete'));
    expect(complete.stderr).toMatch(/complete/);
    expect(complete.code).toBe(2);
    mkdirSync(join(w.results, 'nothing'), { recursive: true });
    expect((await mdfe('train', '--resume', join(w.results, 'nothing'))).stderr).toMatch(
      /no run in this folder/,
    );
  });
});
