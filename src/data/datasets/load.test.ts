import { mkdir, mkdtemp, rm, rmdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DATASETS } from './catalogue.ts';
import { loadDatasets } from './load.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mdfe-data-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(file: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), content);
}
const load = (...names: string[]) => loadDatasets(names, root, { seed: 42 });
const listing = async (...names: string[]) => [...(await load(...names))].map((s) => `${s.image} ${s.label}`);

/** File, content, and the samples that it must give; ids are out of order on purpose. */
const layouts: Record<string, [file: string, content: string, samples: string[]]> = {
  'm4d-35k': [
    'm4d-35k_train.csv',
    'img_path,label\nproducts-10k/train/1.jpg,9\ndeepfashion/a.jpg,10\nproducts-10k/train/2.jpg,9\n',
    ['products-10k/train/1.jpg 0', 'deepfashion/a.jpg 1', 'products-10k/train/2.jpg 0'],
  ],
  products_10k: [
    'products-10k/train.csv',
    'name,class,group\na.jpg,10,0\nb.jpg,10,0\nc.jpg,10,0\nd.jpg,9,0\ne.jpg,9,0\nf.jpg,9,0\ng.jpg,1,0\n',
    [1, 1, 1, 0, 0, 0].map((label, i) => `products-10k/train/${'abcdef'[i]}.jpg ${label}`),
  ],
  gldv2: [
    'google_landmark_recognition_2021/train.csv',
    'id,landmark_id\nabc1,7\nabd2,7\nxyz3,7\n',
    ['a/b/c/abc1', 'a/b/d/abd2', 'x/y/z/xyz3'].map(
      (p) => `google_landmark_recognition_2021/train/${p}.jpg 0`,
    ),
  ],
  deep_fashion: [
    'deepfashion/deepfashion_train.json',
    '{"TOPS": {"12": ["p/1.jpg","p/2.jpg","p/3.jpg"], "2": ["q/1.jpg","q/2.jpg","q/3.jpg"]}}',
    ['p/1', 'p/2', 'p/3', 'q/1', 'q/2', 'q/3'].map((p) => `deepfashion/${p}.jpg ${p[0] === 'p' ? 0 : 1}`),
  ],
  met_art: [
    'met_dataset/ground_truth/MET_database.json',
    JSON.stringify([10, 9, 10, 9, 10, 9].map((id, i) => ({ id, path: `${id}/${i}.jpg` }))),
    [10, 9, 10, 9, 10, 9].map((id, i) => `met_dataset/MET/${id}/${i}.jpg ${id === 9 ? 0 : 1}`),
  ],
  shopee: [
    'shopee/train.csv',
    'posting_id,image,title,label_group\n1,a.jpg,"red, ""new""",5\n2,b.jpg,"two\nlines",5\n3,c.jpg,x,5\n',
    ['a', 'b', 'c'].map((p) => `shopee/train_images/${p}.jpg 0`),
  ],
  hm: [
    'hm_personalized_fashion/articles.csv',
    'article_id,product_code\n0108775015,0108775\n0108775044,0108775\n0108775051,0108775\n',
    ['0108775015', '0108775044', '0108775051'].map((p) => `hm_personalized_fashion/images/010/${p}.jpg 0`),
  ],
  rp2k: [
    'rp2k/train.csv',
    'img_path,img_id\n1/a.jpg,3\n1/b.jpg,3\n1/c.jpg,3\n',
    ['a', 'b', 'c'].map((p) => `rp2k/train/1/${p}.jpg 0`),
  ],
  spo: [
    'stanford_online_products/Ebay_train.txt',
    'image_id class_id super_class_id path\n1 1 1 bicycle/1_0.JPG\n2 1 1 bicycle/1_1.JPG\n3 1 1 bicycle/1_2.JPG\n',
    [0, 1, 2].map((i) => `stanford_online_products/bicycle/1_${i}.JPG 0`),
  ],
  fashion200k: [
    'fashion200k/train.csv',
    'img_path,img_id\nw/a.jpg,3\nw/b.jpg,3\nw/c.jpg,3\n',
    ['a', 'b', 'c'].map((p) => `fashion200k/w/${p}.jpg 0`),
  ],
  food_rec22: [
    'fr22_train_v2/train.csv',
    'img_path,label\npreprocessed_imgs/1069/x.jpg,1069\npreprocessed_imgs/50/y.jpg,50\n',
    ['fr22_train_v2/preprocessed_imgs/1069/x.jpg 1', 'fr22_train_v2/preprocessed_imgs/50/y.jpg 0'],
  ],
  stanford_cars: [
    'stanford_cars/sc_train.csv',
    'image,Label\n1.jpg,b red\n2.jpg,b red\n3.jpg,b red\n4.jpg,Z\n5.jpg,Z\n6.jpg,Z\n',
    [1, 2, 3, 4, 5, 6].map((i) => `stanford_cars/cars_train/cars_train/${i}.jpg ${i < 4 ? 1 : 0}`),
  ],
  deep_fashion2: [
    'deepfashion2/train.csv',
    'img_path,label\na.jpg,1_2\nb.jpg,1_2\nc.jpg,1_2\n',
    ['a', 'b', 'c'].map((p) => `deepfashion2/${p}.jpg 0`),
  ],
  food101: [
    'food-101/meta/test.json',
    '{"waffles": ["waffles/1"], "apple_pie": ["apple_pie/2"]}',
    ['food-101/images/waffles/1.jpg 1', 'food-101/images/apple_pie/2.jpg 0'],
  ],
  furniture180: [
    'furniture_180/furniture180_train.csv',
    'img_path,label\nx/a.jpg,sofa\n',
    ['furniture_180/x/a.jpg 0'],
  ],
  storefronts146: [
    'storefronts_146/storefronts146_train.csv',
    'img_path,label\na.jpg,1\nb.jpg,1\nc.jpg,1\n',
    ['a', 'b', 'c'].map((p) => `storefronts_146/${p}.jpg 0`),
  ],
};

describe('published layouts', () => {
  it('covers every set', () =>
    expect(Object.keys(layouts).sort()).toEqual(DATASETS.map((d) => d.key).sort()));

  it.each(Object.entries(layouts))('%s', async (key, [file, content, samples]) => {
    await put(file, content);
    expect(await listing(key)).toEqual(samples);
  });

  it('joins sets with labels offset in the order named', async () => {
    await put(layouts.products_10k![0], layouts.products_10k![1]);
    await put(layouts.food101![0], layouts.food101![1]);
    const data = await load('food101', 'products_10k');
    expect([...data.labels]).toEqual([1, 0, 3, 3, 3, 2, 2, 2]);
    expect([...data.classCounts]).toEqual([1, 1, 3, 3]);
    expect(data.classNames).toEqual(['apple_pie', 'waffles', '9', '10']);
    expect(data.perSet.map((s) => [s.name, s.classes, s.images, s.droppedClasses])).toEqual([
      ['food101', 2, 2, 0],
      ['products_10k', 2, 6, 1],
    ]);
    expect(data.sample(2)).toEqual({ dataset: 'products_10k', image: 'products-10k/train/a.jpg', label: 3 });
    const images = [...data].map(({ image }) => image);
    expect(data.paths(0, data.length)).toEqual(images);
    expect(data.paths(1, 4)).toEqual(images.slice(1, 4));
  });
});

describe('spellings', () => {
  it('accepts the other spelling and says so', async () => {
    await put('deep_fashion2/train.csv', layouts.deep_fashion2![1]);
    const data = await load('deepfashion2');
    expect(data.perSet[0]!.notes).toContain('deep_fashion2: used deep_fashion2/train.csv');
    expect(data.perSet[0]!.name).toBe('deep_fashion2');
    expect(data.image(0)).toBe('deep_fashion2/a.jpg');
  });

  it('prefers the code’s spelling when both are there', async () => {
    await put('fashion200k/train.csv', layouts.fashion200k![1]);
    await put('fashion200k/fashion200k_train.csv', 'img_path,img_id\n');
    const data = await load('fashion200k');
    expect(data.perSet[0]!.notes[0]).toMatch(/used fashion200k\/train.csv, ignored .*fashion200k_train.csv/);
  });
});

describe('class reduction', () => {
  const big = `img_path,img_id\n${Array.from({ length: 300 }, (_, i) => `${i}.jpg,${i < 250 ? 5 : 6}`).join('\n')}\n`;

  it('is seeded and keeps the file order', async () => {
    await put('rp2k/train.csv', big);
    const [a, b] = [await listing('rp2k'), await listing('rp2k')];
    const other = [...(await loadDatasets(['rp2k'], root, { seed: 7 }))].map((s) => `${s.image} ${s.label}`);
    expect(a).toEqual(b);
    expect(other).not.toEqual(a);
    expect(a).toHaveLength(150);
    const numbers = a.map((line) => Number.parseInt(line.split('/')[2]!, 10));
    expect(numbers).toEqual([...numbers].sort((x, y) => x - y));
    expect((await load('rp2k')).perSet[0]!.notes).toContain('rp2k: 1 class reduced to 100 images');
  });
});

describe('own data', () => {
  it('folder:PATH has one folder per class', async () => {
    const hidden = ['mine/10/._a.jpg', 'mine/9/.ipynb_checkpoints/b.png', 'mine/.trash/c.jpg'];
    for (const f of ['mine/10/a.jpg', 'mine/9/sub/ä b.PNG', 'mine/9/notes.txt', ...hidden]) await put(f, 'x');
    expect(await listing('folder:mine')).toEqual(['mine/10/a.jpg 0', 'mine/9/sub/ä b.PNG 1']);
  });

  it('folder:PATH says how many images it cannot read', async () => {
    for (const f of ['mixed/a/1.jpg', 'mixed/a/2.BMP', 'mixed/b/3.jfif', 'mixed/b/x/4.bmp', 'mixed/b/5.heic'])
      await put(f, 'x');
    const { notes, images } = (await load('folder:mixed')).perSet[0]!;
    expect(images).toBe(2);
    expect(notes[0]).toBe(
      'folder:mixed: 3 images of types that are not read left out (.bmp 2, .heic 1), e.g. a/2.BMP: convert them to PNG or JPEG',
    );
    await put('bitmaps/a/1.bmp', 'x');
    await expect(load('folder:bitmaps')).rejects.toThrow(/holds no images[\s\S]*\.bmp 1[\s\S]*convert them/);
    await put('bare/a/notes.txt', 'x');
    await expect(load('folder:bare')).rejects.toThrow(/got: +1 folder without images/);
  });

  it('folder:PATH follows links to folders, but never in a circle', async () => {
    for (const f of ['linked/a/1.jpg', 'linked/a/more.png/2.jpg', 'elsewhere/3.jpg']) await put(f, 'x');
    const links = {
      'linked/b': '../elsewhere',
      'linked/a/up': '..',
      'linked/a/me': '.',
      'linked/loop': 'loop',
    };
    for (const [link, target] of Object.entries(links)) await symlink(target, join(root, link));
    expect(await listing('folder:linked')).toEqual([
      'linked/a/1.jpg 0',
      'linked/a/more.png/2.jpg 0',
      'linked/b/3.jpg 1',
    ]);
  });

  it.runIf(process.platform === 'linux')(
    'a folder name that is not UTF-8 is an error that names it',
    async () => {
      await put('latin/a/1.jpg', 'x');
      const folder = Buffer.concat([Buffer.from(`${root}/latin/b`), Buffer.from([0xe9])]);
      await mkdir(folder);
      await expect(listing('folder:latin')).rejects.toMatchObject({ code: 'data/name-encoding' });
      await rmdir(folder);
    },
  );

  it('csv:FILE has img_path,label relative to the data root', async () => {
    await put(
      'lists/my.csv',
      '\ufeffimg_path,label\r\n"a, b.jpg",x\r\nc\\d.jpg,y\r\n\r\n,z\r\nc/d.jpg,y\r\n',
    );
    expect(await listing('csv:lists/my.csv')).toEqual(['a, b.jpg 0', 'c/d.jpg 1']);
    expect((await load('csv:lists/my.csv')).perSet[0]!.notes).toEqual([
      'csv:lists/my.csv: 1 line without image or label left out',
      'csv:lists/my.csv: 1 repeated line left out',
      'csv:lists/my.csv: 2 classes with a single image: good for training, but nothing can be retrieved',
    ]);
  });
});

describe('bad input', () => {
  const fails = async (names: string[], code: string, text: RegExp) => {
    const result = loadDatasets(names, root, { seed: 1 });
    await expect(result).rejects.toMatchObject({ code });
    await expect(result).rejects.toThrow(text);
  };

  it('names the nearest data set', () =>
    fails(['product10k'], 'data/unknown-dataset', /did you mean products_10k/));
  it('no names', () => fails([], 'data/no-datasets', /name at least one/));
  it('named twice', async () => {
    await put('rp2k/train.csv', layouts.rp2k![1]);
    await fails(['rp2k', 'RP2K'], 'data/repeated-dataset', /twice/);
  });
  it('missing root', () =>
    expect(loadDatasets(['rp2k'], join(root, 'x'), { seed: 1 })).rejects.toMatchObject({
      code: 'data/no-root',
    }));
  it('missing folder', async () => {
    await put('products/x', '');
    await fails(
      ['products_10k'],
      'data/missing-folder',
      /products-10k\/ or products_10k\/[\s\S]*got: +products/,
    );
  });
  it('missing annotation', async () => {
    await put('rp2k/x', '');
    await fails(['rp2k'], 'data/missing-annotation', /train.csv/);
  });
  it('missing column', async () => {
    await put('rp2k/train.csv', 'img_path,id\n');
    await fails(['rp2k'], 'data/missing-column', /train.csv:1: the column img_id[\s\S]*img_path, id/);
  });
  it('empty file', async () => {
    await put('rp2k/train.csv', '');
    await fails(['rp2k'], 'data/empty-annotation', /header/);
  });
  it('empty set', async () => {
    await put('rp2k/train.csv', 'img_path,img_id\n');
    await fails(['rp2k'], 'data/empty-dataset', /no lines/);
  });
  it('every class too small', async () => {
    await put('rp2k/train.csv', 'img_path,img_id\na,1\nb,2\n');
    await fails(['rp2k'], 'data/all-classes-small', /at least 3 images[\s\S]*2 classes, 2 images/);
  });
  it('short line', async () => {
    await put('rp2k/train.csv', 'img_path,img_id\na,1\nb\n');
    await fails(['rp2k'], 'data/short-record', /train.csv:3/);
  });
  it('open quote', async () => {
    await put('rp2k/train.csv', 'img_path,img_id\n"a,1\nb,2\n');
    await fails(['rp2k'], 'data/open-quote', /train.csv:2/);
  });
  it.each(['../../x.jpg', '/etc/x.jpg', 'C:\\x.jpg', 'a\\..\\..\\..\\x.jpg'])('path %s', async (path) => {
    await put('csv.csv', `img_path,label\n${path},1\n`);
    await fails(['csv:csv.csv'], 'data/path-outside', /csv.csv:2/);
  });
  it('other JSON', async () => {
    await put('food-101/meta/test.json', '{"a": 3}');
    await fails(['food101'], 'data/annotation-shape', /expected: a list\n +got: +3/);
    await put('food-101/meta/test.json', '{"a": ');
    await fails(['food101'], 'data/annotation-json', /not valid JSON/);
  });
  it('JSON that is not UTF-8', async () => {
    await put('food-101/meta/test.json', '');
    await writeFile(join(root, 'food-101/meta/test.json'), Buffer.from('{"cr\u00eape":\n["a"]}', 'latin1'));
    await fails(['food101'], 'data/not-utf8', /test\.json:1: the annotation file is not UTF-8/);
  });
});
