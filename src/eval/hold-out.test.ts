import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configSchema, type PartialConfig } from '../config/schema/index.ts';
import { loadDatasets } from '../data/datasets/index.ts';
import { holdOut } from './hold-out.ts';
import { countQueries, type RetrievalSet } from './retrieval-set.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mdfe-eval-'));
  const rows = (classes: number, images: number, prefix: string) =>
    Array.from({ length: classes * images }, (_, i) => `${prefix}${i}.jpg,${prefix}c${i % classes}`);
  await writeFile(join(root, 'a.csv'), ['img_path,label', ...rows(20, 4, 'a'), 'single.jpg,one'].join('\n'));
  await writeFile(join(root, 'b.csv'), ['img_path,label', ...rows(10, 2, 'b')].join('\n'));
  await mkdir(join(root, 'sub'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const load = (...names: string[]) =>
  loadDatasets(
    names.map((n) => `csv:${n}.csv`),
    root,
    { seed: 1 },
  );
const split = async (names: string[], EVAL: PartialConfig['EVAL'], SEED = 42) =>
  holdOut(await load(...names), configSchema.parse({ EVAL, SEED }));
const listed = (set: RetrievalSet) =>
  Array.from({ length: set.length }, (_, i) => `${set.image(i)} ${set.isQuery[i] ? 'query' : 'index'}`);

test('nothing is held out by default', async () => {
  const data = await load('a');
  expect(await holdOut(data, configSchema.parse({}))).toEqual({ train: data });
});

describe('by class', () => {
  test('a share of the classes of each set, whole, and one query each', async () => {
    const data = await load('a', 'b');
    const { train, heldOut } = await split(['a', 'b'], { hold_out: 'classes', class_share: 0.2 });
    expect(heldOut!.domains).toEqual(['csv:a.csv', 'csv:b.csv']);
    expect(countQueries(heldOut!)).toBe(4 + 2);
    expect(heldOut!.length).toBe(4 * 4 + 2 * 2);
    expect(train.length).toBe(data.length - heldOut!.length);
    expect(train.classes).toBe(31 - 6);
    const images = [...train].map((s) => s.image);
    expect(images).toContain('single.jpg');
    expect(new Set([...images, ...listed(heldOut!).map((l) => l.split(' ')[0])]).size).toBe(data.length);
  });

  test('the labels of the rest are consecutive, and each image keeps its class', async () => {
    const data = await load('a', 'b');
    const before = new Map([...data].map((s) => [s.image, data.classNames[s.label]]));
    const { train } = await split(['a', 'b'], { hold_out: 'classes', class_share: 0.3 });
    for (const { image, label, dataset } of train) {
      expect(train.classNames[label]).toBe(before.get(image));
      expect(dataset).toBe(image.startsWith('b') ? 'csv:b.csv' : 'csv:a.csv');
    }
    expect(new Set(train.labels).size).toBe(train.classes);
    expect(train.classCounts.reduce((a, b) => a + b)).toBe(train.length);
    expect(train.perSet[1]).toMatchObject({ firstSample: train.perSet[0]!.images, classes: 7 });
  });

  test('the choice depends on seed and set alone', async () => {
    const EVAL = { hold_out: 'classes', class_share: 0.2 } as const;
    const alone = listed((await split(['b'], EVAL)).heldOut!);
    expect(listed((await split(['a', 'b'], EVAL)).heldOut!).filter((l) => l.startsWith('b'))).toEqual(alone);
    expect(listed((await split(['b'], EVAL, 7)).heldOut!)).not.toEqual(alone);
  });

  test('several queries leave at least one image in the index', async () => {
    const { heldOut } = await split(['a'], { hold_out: 'classes', queries_per_class: 9 });
    expect(countQueries(heldOut!)).toBe(2 * 3);
  });

  test('a set that cannot be parted is an error', async () => {
    await writeFile(join(root, 'c.csv'), 'img_path,label\nx.jpg,1\ny.jpg,1\n');
    await expect(split(['c'], { hold_out: 'classes' })).rejects.toMatchObject({
      code: 'eval/too-few-classes',
    });
  });
});

describe('by CSV', () => {
  const csv = (text: string) => writeFile(join(root, 'sub', 'eval.csv'), text);
  const EVAL = { hold_out: 'csv', csv_file: 'sub/eval.csv' } as const;

  test('quotes, a byte order mark, CRLF, Windows separators, spaces, repeated and empty lines', async () => {
    await csv(
      '\ufeffimg_path,label,role,domain\r\n"x, ""1"".jpg",ä,Query,food\r\nsub\\2.jpg,ä,index,food\r\n' +
        'sub/2.jpg,ä,index,food\r\ny 3.jpg,"b c",query,\r\n,b,index,food\r\n\r\n',
    );
    const { heldOut } = await split(['a'], EVAL);
    expect(listed(heldOut!)).toEqual(['x, "1".jpg query', 'sub/2.jpg index', 'y 3.jpg query']);
    expect([...heldOut!.labels]).toEqual([0, 0, 1]);
    expect(heldOut!.domains).toEqual(['food', '(no domain)']);
    expect(heldOut!.notes.join()).toMatch(/1 line without image.*1 repeated/);
  });

  test('without a domain column there are no domains', async () => {
    await csv('label,role,img_path\n1,query,x.jpg\n1,index,y.jpg\n');
    expect((await split(['a'], EVAL)).heldOut).toMatchObject({ domains: [], length: 2 });
  });

  test('its images are taken out of the training', async () => {
    await csv('img_path,label,role\na0.jpg,1,query\na20.jpg,1,index\nb0.jpg,2,index\nb10.jpg,2,index\n');
    const { train, heldOut } = await split(['a', 'b'], EVAL);
    expect(train.length).toBe(81 + 20 - 4);
    expect(train.classes).toBe(31 - 1);
    expect(heldOut!.notes.join()).toMatch(/^4 training images .* 1 class gone/);
  });

  test.each([
    ['eval/bad-role', 'img_path,label,role\nx.jpg,1,gallery\n'],
    ['eval/both-roles', 'img_path,label,role\nx.jpg,1,query\nx.jpg,1,index\n'],
    ['eval/missing-role', 'img_path,label,role\nx.jpg,1,query\n'],
    ['data/path-outside', 'img_path,label,role\n../x.jpg,1,query\n'],
    ['data/missing-column', 'img_path,label\nx.jpg,1\n'],
  ])('%s', async (code, text) => {
    await csv(text);
    await expect(split(['a'], EVAL)).rejects.toMatchObject({ code });
  });

  test('a missing file', async () => {
    await expect(split(['a'], { hold_out: 'csv', csv_file: 'no.csv' })).rejects.toMatchObject({
      code: 'eval/missing-csv',
    });
  });
});
