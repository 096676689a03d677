import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadDatasets } from '../datasets/index.ts';
import { preprocess } from './preprocess.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mdfe-preprocess-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), content);
}

/** Pixel (x, y) is coloured (x, y, 7), so that a crop tells where it comes from. */
function coloured(width: number, height: number): Sharp {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set([x, y, 7], (y * width + x) * 3);
  return sharp(data, { raw: { width, height, channels: 3 } });
}
const png = (width: number, height: number) => coloured(width, height).png().toBuffer();
const jpeg = (width: number, height: number) => coloured(width, height).jpeg({ quality: 100 }).toBuffer();

/** Where a crop begins and its size: [x, y, width, height]; exact for PNG. */
async function origin(file: string): Promise<number[]> {
  const { data, info } = await sharp(join(root, file)).raw().toBuffer({ resolveWithObject: true });
  return [data[0]!, data[1]!, info.width, info.height];
}
const lines = async (folder: string) =>
  (await readFile(join(root, folder, 'train.csv'), 'utf8')).trimEnd().split('\n');

const item = (box: number[], style: number, category = 'vest') => ({
  style,
  category_name: category,
  bounding_box: box,
  landmarks: [1, 2, 3],
});
const annotation = (pair_id: number, items: Record<string, unknown>) =>
  JSON.stringify({ source: 'shop', pair_id, ...items });

describe('deep_fashion2', () => {
  const d = 'deepfashion2';
  beforeEach(async () => {
    await put(`${d}/image/000001.png`, await png(200, 100));
    await put(
      `${d}/annos/000001.json`,
      annotation(5, {
        item2: item([100, 50, 150, 90], 2, 'long sleeve top'),
        item1: item([0, 10, 110, 60], 1),
        item3: item([0, 0, 9, 9], 0),
      }),
    );
    await put(`${d}/image/000002.jpg`, await jpeg(80, 60));
    await put(`${d}/annos/000002.json`, annotation(5, { item1: item([10, 10, 20, 20], 1) }));
    await put(`${d}/image/000003.jpg`, await jpeg(80, 60));
    await put(`${d}/annos/000003.json`, annotation(6, { item1: item([10, 10, 20, 20], 0) }));
    await put(`${d}/image/.DS_Store`, 'x');
  });

  it('cuts items of a style out, keeps single ones whole', async () => {
    const summary = await preprocess('deep_fashion2', join(root, d), { threads: 2 });
    expect(await lines(d)).toEqual([
      'img_path,label',
      'preprocessed_imgs/long sleeve top/5_2/000001.png,5_2',
      'preprocessed_imgs/vest/5_1/000001.png,5_1',
      'preprocessed_imgs/vest/5_1/000002.jpg,5_1',
    ]);
    expect(summary).toMatchObject({ images: 3, crops: 3, kept: 0, classes: 2, bad: [] });
    // 50 x 40 and 2 %: 99 .. 151, 49.2 .. 90.8; 110 x 50: -2.2 is clipped to 0 .. 112.2, 9 .. 61
    expect(await origin(`${d}/preprocessed_imgs/long sleeve top/5_2/000001.png`)).toEqual([99, 49, 52, 42]);
    expect(await origin(`${d}/preprocessed_imgs/vest/5_1/000001.png`)).toEqual([0, 9, 112, 52]);
    expect(await readFile(join(root, d, 'preprocessed_imgs/vest/5_1/000002.jpg'))).toEqual(
      await readFile(join(root, d, 'image/000002.jpg')),
    );
    expect((await readdir(join(root, d))).sort()).toEqual([
      'annos',
      'image',
      'preprocessed_imgs',
      'train.csv',
    ]);
  });

  it('lists what is damaged and goes on', async () => {
    await put(`${d}/image/000004.jpg`, (await jpeg(80, 60)).subarray(0, 700));
    await put(`${d}/annos/000004.json`, annotation(7, { item1: item([1, 1, 5, 5], 1) }));
    await put(`${d}/image/000005.jpg`, await jpeg(8, 6));
    await put(`${d}/annos/000006.json`, annotation(7, { item1: item([1, 1, 5, 5], 1) }));
    await put(`${d}/image/000007.jpg`, await jpeg(8, 6));
    await put(`${d}/annos/000007.json`, '{"pair_id": 3, "item1": {"style": 1}');
    await put(`${d}/image/000008.jpg`, await jpeg(8, 6));
    await put(`${d}/annos/000008.json`, annotation(7, { item1: { ...item([1, 1, 5], 1) } }));
    await put(`${d}/image/000009.jpg`, await jpeg(8, 6));
    await put(
      `${d}/annos/000009.json`,
      annotation(9, { item1: item([20, 1, 30, 5], 1), item2: item([1, 1, 5, 5], 1) }),
    );
    await put(`${d}/image/000010.jpg`, await jpeg(8, 6));
    await put(`${d}/annos/000010.json`, annotation(9, { item1: item([1, 1, 5, 5], 1, '../../..') }));
    const { bad } = await preprocess('deepfashion2', join(root, d));
    expect(bad.map(({ image, reason }) => `${image}: ${reason}`)).toEqual([
      expect.stringMatching(/^image\/000004.jpg: cannot read the image/),
      expect.stringMatching(/^image\/000005.jpg: the annotation file of this image is missing/),
      expect.stringMatching(/^image\/000007.jpg: the annotation file is not valid JSON/),
      expect.stringMatching(/^image\/000008.jpg: .*bounding_box: four numbers, got \[1,1,5\]/),
      expect.stringMatching(
        /^image\/000009.jpg: the box \[20, 1, 30, 5\] of an item of class 9_1 has no pixel/,
      ),
      expect.stringMatching(/^image\/000010.jpg: the image path leads outside/),
      expect.stringMatching(/^image\/000006.jpg: image not found/),
    ]);
    expect((await lines(d)).at(-1)).toBe('preprocessed_imgs/vest/9_1/000009.jpg,9_1');
  });
});

describe('food_rec22', () => {
  const d = 'fr22_train_v2';
  const boxes: [image: number, category: number, bbox: number[]][] = [
    [2, 50, [10, 20, 100, 50]],
    [1, 50, [0, 0, 10.5, 20]],
    [2, 1069, [150, 80, 60.2, 40]],
    [2, 50, [50, 40, 25, 25]],
    [9, 50, [0, 0, 5, 5]],
  ];
  const coco = {
    info: { description: 'images: [{' },
    categories: [{ id: 50, name: 'bread' }],
    annotations: boxes.map(([image_id, category_id, bbox], id) => ({
      id,
      image_id,
      category_id,
      bbox,
      segmentation: [[1, 2, 3]],
    })),
    images: [
      { id: 1, file_name: 'b é.png', width: 1, height: 1 },
      { id: 2, file_name: 'a.png', width: 1, height: 1 },
      { id: 3, file_name: 'no items.png', width: 1, height: 1 },
    ],
  };
  beforeEach(async () => {
    await put(`${d}/annotations.json`, JSON.stringify(coco));
    await put(`${d}/images/b é.png`, await png(40, 30));
    await put(`${d}/images/a.png`, await png(200, 120));
  });

  it('cuts every item out', async () => {
    const notes: string[] = [];
    await preprocess('food_rec22', join(root, d), { threads: 2, onNote: (note) => notes.push(note) });
    expect(notes).toEqual(['1 annotation of images that the file does not list left out']);
    expect(await lines(d)).toEqual([
      'img_path,label',
      'preprocessed_imgs/50/b é.png,50',
      'preprocessed_imgs/50/a.1.png,50',
      'preprocessed_imgs/1069/a.png,1069',
      'preprocessed_imgs/50/a.png,50',
    ]);
    expect(await origin(`${d}/preprocessed_imgs/50/b é.png`)).toEqual([0, 0, 11, 20]); // 10.71, 20.4
    expect(await origin(`${d}/preprocessed_imgs/50/a.1.png`)).toEqual([8, 19, 104, 52]);
    expect(await origin(`${d}/preprocessed_imgs/1069/a.png`)).toEqual([149, 79, 51, 41]); // 148.8, 79.2, clipped
    expect(await origin(`${d}/preprocessed_imgs/50/a.png`)).toEqual([50, 40, 26, 26]); // 49.5 .. 75.5, 39.5 .. 65.5
    const data = await loadDatasets(['food_rec22'], root, { seed: 1 });
    expect([...data.labels]).toEqual([0, 0, 1, 0]);
  });

  it('keeps what is there, and makes the same again', async () => {
    await preprocess('food_rec22', join(root, d), { threads: 1 });
    const crops = join(root, d, 'preprocessed_imgs');
    await cp(crops, join(root, 'first'), { recursive: true });
    const list = await lines(d);
    await writeFile(join(crops, '50/a.png'), 'mine');
    await rm(join(crops, '50/a.1.png'));
    await writeFile(join(crops, '1069/a.png'), '');
    await put(`${d}/.preprocess-partial/half`, 'of a killed run');
    const { kept } = await preprocess('food_rec22', join(root, d), { threads: 3 });
    expect(kept).toBe(2);
    expect(await lines(d)).toEqual(list);
    expect(await readFile(join(crops, '50/a.png'), 'utf8')).toBe('mine');
    await expect(stat(join(root, d, '.preprocess-partial'))).rejects.toThrow();
    await preprocess('food_rec22', join(root, d), { overwrite: true });
    for (const file of ['50/a.png', '50/a.1.png', '1069/a.png', '50/b é.png'])
      expect(await readFile(join(crops, file))).toEqual(await readFile(join(root, 'first', file)));
  });

  it('stops when asked to and goes on', async () => {
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error('stop'));
    const run = preprocess('food_rec22', join(root, d), { onProgress, signal: stop.signal });
    await expect(run).rejects.toThrow('stop');
    await expect(stat(join(root, d, 'train.csv'))).rejects.toThrow();
    await preprocess('food_rec22', join(root, d));
    expect(await lines(d)).toHaveLength(5);
  });

  it('saves JPEG as JPEG', async () => {
    await put(`${d}/images/c.jpg`, await jpeg(50, 50));
    const images = [{ id: 1, file_name: 'c.jpg' }];
    await put(`${d}/annotations.json`, JSON.stringify({ images, annotations: [coco.annotations[1]] }));
    await preprocess('food_rec22', join(root, d));
    const { format, width, height } = await sharp(join(root, d, 'preprocessed_imgs/50/c.jpg')).metadata();
    expect([format, width, height]).toEqual(['jpeg', 11, 20]);
  });
});

describe('bad input', () => {
  it('names the nearest set', () =>
    expect(preprocess('food_rec2', root)).rejects.toThrow(
      /deep_fashion2 or food_rec22[\s\S]*did you mean food_rec22/,
    ));
  it('says what the folder lacks', async () => {
    await put('fr22_train_v2/images/x', '');
    await expect(preprocess('food_rec22', join(root, 'fr22_train_v2'))).rejects.toThrow(
      /annotations.json is missing/,
    );
  });
  it('finds the folder below', async () => {
    await put('deepfashion2/image/x', '');
    await put('deepfashion2/annos/x', '');
    await expect(preprocess('deep_fashion2', root)).rejects.toThrow(/did you mean .*deepfashion2/);
  });
  it('nothing to cut', async () => {
    await put('images/x', '');
    await put('annotations.json', '{"images": [], "annotations": []}');
    await expect(preprocess('food_rec22', root)).rejects.toMatchObject({ code: 'preprocess/nothing' });
  });
});
