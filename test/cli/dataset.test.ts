import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DatasetSamples } from '../../src/run/dataset-samples.ts';
import type { DatasetSurvey } from '../../src/run/dataset-status.ts';
import { mdfe } from './mdfe.ts';

let root: string;
const put = async (file: string, content: string | Uint8Array) => {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), content);
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mdfe-sets-'));
  const grey = sharp({ create: { width: 40, height: 30, channels: 3, background: '#808080' } });
  const image = await grey.jpeg().toBuffer();
  for (const name of ['a', 'b', 'c']) await put(`rp2k/train/${name}.jpg`, image);
  await put('rp2k/train.csv', 'img_path,img_id\na.jpg,1\nb.jpg,1\nc.jpg,1\n');
  await put('shopee/train_images/a.jpg', image);
  await put('shopee/train.csv', 'image,label_group\na.jpg,1\nb.jpg,1\nc.jpg,1\n');
  await put('hm_personalized_fashion/articles.csv', 'article_id\n');
  await put('stanford_cars/readme.txt', '');
  await put('fr22_train_v2/images/1.jpg', image);
  await put('fr22_train_v2/images/2.jpg', image.subarray(0, 200));
  const boxes = [1, 1, 2].map((image_id) => ({ image_id, category_id: 7, bbox: [0, 0, 20, 10] }));
  const images = [1, 2].map((id) => ({ id, file_name: `${id}.jpg` }));
  await put('fr22_train_v2/annotations.json', JSON.stringify({ images, annotations: boxes }));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function survey(...options: string[]): Promise<DatasetSurvey & { states: Record<string, string> }> {
  const { code, stdout } = await mdfe('dataset', root, '--json', ...options);
  expect(code).toBe(0);
  const found = JSON.parse(stdout) as DatasetSurvey;
  const known = found.sets.filter(({ state }) => state !== 'absent');
  return { ...found, states: Object.fromEntries(known.map((s) => [s.key, `${s.state}: ${s.missing}`])) };
}

it('surveys the sets of a data folder', async () => {
  const { sets, states } = await survey();
  expect(sets).toHaveLength(16);
  const food = join(root, 'fr22_train_v2');
  expect(states).toEqual({
    shopee: 'incomplete: 2 of 3 images, the first is shopee/train_images/b.jpg',
    hm: 'incomplete: the column product_code is missing',
    rp2k: 'present: ',
    food_rec22: `incomplete: train.csv (make it: mdfe preprocess food_rec22 ${food})`,
    stanford_cars: 'incomplete: sc_train.csv',
  });
  expect(sets.find(({ key }) => key === 'rp2k')).toMatchObject({ classes: 1, images: 3, missingImages: 0 });
  expect(sets.find(({ key }) => key === 'food101')).toMatchObject({
    state: 'absent',
    missing: ['food-101/ or food101/'],
  });
  expect((await survey('--quick')).states.shopee).toBe('present: ');
});

it('preprocesses, and the set is there', async () => {
  const food = join(root, 'fr22_train_v2');
  const { code, stdout, stderr } = await mdfe('preprocess', 'food_rec22', food);
  expect(stderr).toMatch(/bad: images\/2.jpg: cannot read the image/);
  expect(stdout).toMatch(/2 crops of 1 class from 2 images; 1 image or item could not be used/);
  expect(code).toBe(0);
  const list = 'img_path,label\npreprocessed_imgs/7/1.1.jpg,7\npreprocessed_imgs/7/1.jpg,7\n';
  expect(await readFile(join(food, 'train.csv'), 'utf8')).toBe(list);
  expect((await survey()).states.food_rec22).toBe('present: ');
  for (const made of ['train.csv', 'preprocessed_imgs']) await rm(join(food, made), { recursive: true });
});

it('lists classes with their first images, a page at a time', async () => {
  const rows = Array.from({ length: 201 }, (_, i) => `many/${i}.jpg,class ${String(i).padStart(3, '0')}\n`);
  await put('many.csv', `img_path,label\n${rows.join('')}many/b.jpg,class 000\nmany/c.jpg,class 000\n`);
  const list = async (...options: string[]) => {
    const { code, stdout } = await mdfe('dataset', 'csv:many.csv', root, '--samples', '2', ...options);
    expect(code).toBe(0);
    return stdout;
  };
  const first = JSON.parse(await list('--json')) as DatasetSamples;
  expect([first.root, first.classes, first.listed.length]).toEqual([root, 201, 200]);
  const samples = ['many/0.jpg', 'many/b.jpg'];
  expect(first.listed[0]).toEqual({ label: 0, id: 'class 000', images: 3, samples });
  const rest = JSON.parse(await list('--json', '--from-label', '200')) as DatasetSamples;
  expect(rest.listed).toEqual([{ label: 200, id: 'class 200', images: 1, samples: ['many/200.jpg'] }]);
  const text = (await list()).split('\n');
  expect(text.slice(0, 3)).toEqual(['label 0: class class 000, 3 images', '  many/0.jpg', '  many/b.jpg']);
  expect(text.slice(-2)).toEqual(['1 more class: --from-label 200', '']);
  expect(await list('--from-label', '300')).toBe('no such label: the set has 201 classes\n');
});

it('says what is wrong with the command line', async () => {
  expect((await mdfe('dataset', root, '--check')).stderr).toMatch(/--check needs the names of data sets/);
  const both = await mdfe('dataset', 'rp2k', root, '--samples', '2', '--check');
  expect([both.code, both.stderr]).toEqual([2, expect.stringMatching(/--samples and --check/)]);
  expect((await mdfe('dataset', root, '--samples', '2')).stderr).toMatch(/--samples needs the names/);
  expect((await mdfe('dataset', 'rp2k', root, '--samples', '0')).stderr).toMatch(/from 1 to 100/);
  expect((await mdfe('dataset', 'rp2k', root, '--from-label', '0')).stderr).toMatch(/add --samples N/);
  expect((await mdfe('preprocess', 'food', root)).code).toBe(2);
});
