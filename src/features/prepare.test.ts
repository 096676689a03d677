import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Rng } from '../common/rng.ts';
import { decodeRgb } from '../data/image/decode.ts';
import { createTransform } from '../data/transforms/index.ts';
import { Normaliser } from '../data/transforms/normalise.ts';
import { openSafetensors, readTensor, writeSafetensors } from '../formats/safetensors.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { randomWeights } from '../graph/random-weights.ts';
import { frozenBackbone } from './backbone.ts';
import { readImageKeys } from './image-stats.ts';
import { prepareFeatures } from './prepare.ts';
import type { FeatureProgress, FeatureRequest } from './request.ts';

const SIZE = 8;
const WIDTH = 5;
const mean = [0.5, 0.4, 0.3] as const;
const std = [0.2, 0.3, 0.4] as const;

let root: string;
let request: FeatureRequest;
let names: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mdfe-features-'));
  await mkdir(join(root, 'data'));
  names = [];
  for (let i = 0; i < 21; i++) await addImage(i);
  const g = new GraphBuilder();
  const flat = g.reshape(g.input('pixels', ['N', 3, SIZE, SIZE]), ['N', 3 * SIZE * SIZE]);
  const graph = g.finish(g.linear(flat, g.weight('w', [WIDTH, 3 * SIZE * SIZE]), g.weight('b', [WIDTH])));
  const weights = join(root, 'weights.safetensors');
  await writeSafetensors(weights, randomWeights(graph, 3));
  request = {
    images: { root: join(root, 'data'), length: 0, image: (i) => names[i]! },
    backbone: frozenBackbone(graph, await openSafetensors(weights)),
    transform: { name: 'openai-clip', size: SIZE },
    mean,
    std,
    seed: 1,
    views: 1,
    precision: 'fp32',
    dtype: 'float32',
    engine: async () => ({
      report: { name: 'onnxruntime', device: 'test', rejected: [] },
      providers: ['cpu'],
      threads: 1,
    }),
    skipBadImages: false,
    cacheDir: join(root, 'cache'),
    batchSize: 4,
    decodeWorkers: 1,
  };
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function addImage(i: number): Promise<void> {
  const name = `${i}.png`;
  names.push(name);
  const data = Uint8Array.from({ length: 20 * 30 * 3 }, (_, p) => (p * (i + 3)) % 251);
  await sharp(data, { raw: { width: 20, height: 30, channels: 3 } })
    .png()
    .toFile(join(root, 'data', name));
}

/** Products of weights beyond 65504, the largest number of half precision. */
function halfOverflow() {
  const g = new GraphBuilder();
  const flat = g.reshape(g.input('pixels', ['N', 3, SIZE, SIZE]), ['N', 3 * SIZE * SIZE]);
  return g.finish(g.linear(flat, g.weight('w', [WIDTH, 3 * SIZE * SIZE])));
}

const prepare = (change: Partial<FeatureRequest> = {}, hooks = {}) =>
  prepareFeatures(
    { ...request, ...change, images: { ...request.images, length: names.length, ...change.images } },
    hooks,
  );

/** Features computed here, one image at a time. */
async function expected(name: string, transform = request.transform, view = 0): Promise<number[]> {
  const file = await openSafetensors(join(root, 'weights.safetensors'));
  const [w, b] = [await readTensor(file, 'w'), await readTensor(file, 'b')];
  const pixels = new Float32Array(3 * SIZE * SIZE);
  const image = await decodeRgb(join(root, 'data', name));
  const rng = new Rng(request.seed, 'transform', name, view);
  new Normaliser(mean, std).pack(createTransform(transform.name, transform.size).apply(image, rng), pixels);
  return Array.from(b, (bias, o) => pixels.reduce((sum, x, i) => sum + x * w[o * pixels.length + i]!, bias));
}

async function gathered(
  result: Awaited<ReturnType<typeof prepare>>,
  row: number,
  view = 0,
): Promise<number[]> {
  const out = new Float32Array(WIDTH);
  await result.store.gather(Int32Array.of(row), view, out);
  return [...out];
}

function expectClose(got: number[], want: number[], tolerance: number): void {
  const worst = got.reduce((most, x, i) => Math.max(most, Math.abs(x - want[i]!)), 0);
  expect(worst).toBeLessThan(tolerance);
}

async function expectFeatures(result: Awaited<ReturnType<typeof prepare>>, tolerance = 1e-4): Promise<void> {
  expect(result.store.count).toBe(result.kept.length);
  for (let row = 0; row < result.store.count; row++) {
    const [got, want] = [await gathered(result, row), await expected(names[result.kept[row]!]!)];
    expectClose(got, want, tolerance);
  }
}

describe('prepareFeatures', () => {
  it('computes, then takes everything from the store', async () => {
    const seen: FeatureProgress[] = [];
    const first = await prepare({}, { onProgress: (p: FeatureProgress) => seen.push(p) });
    await expectFeatures(first);
    expect([first.reusedImages, first.computedImages, first.engine?.name]).toEqual([0, 21, 'onnxruntime']);
    expect(seen.at(-2)).toMatchObject({ phase: 'computing', done: 21, total: 21 });
    const second = await prepare({
      backbone: {
        ...request.backbone,
        load: () => {
          throw new Error('not needed');
        },
      },
    });
    await expectFeatures(second);
    expect([second.reusedImages, second.computedImages, second.engine]).toEqual([21, 0, null]);
  });

  it('writes the same bytes whatever the number of threads', async () => {
    const shards = [];
    for (const threads of [1, 3]) {
      const cacheDir = join(root, `cache${threads}`);
      const engine = async () => ({ ...(await request.engine()), threads });
      const { folder } = await prepare({ cacheDir, engine, batchSize: 2 });
      shards.push(await readFile(join(folder, 'features-000000.safetensors')));
    }
    expect(shards[0]!.equals(shards[1]!)).toBe(true);
  });

  it('reads from disk when memory is short, in both precisions', async () => {
    for (const dtype of ['float32', 'float16'] as const)
      for (const memoryBudget of [0, 1e9]) {
        const result = await prepare({ dtype, memoryBudget });
        expect(result.store.inMemory).toBe(memoryBudget > 0);
        await expectFeatures(result, dtype === 'float16' ? 5e-3 : 1e-4);
        const out = new Float32Array(3 * WIDTH);
        await result.store.gather(Int32Array.of(20, 0, 20), 0, out);
        expect([...out.subarray(0, WIDTH)]).toEqual([...out.subarray(2 * WIDTH)]);
        await result.store.close();
      }
  });

  it('loads a few images out of a large shard', async () => {
    await prepare();
    names = ['19.png', '4.png', '7.png'];
    for (const memoryBudget of [0, 1e9]) {
      const result = await prepare({ memoryBudget });
      expect(result.computedImages).toBe(0);
      await expectFeatures(result);
      await result.store.close();
    }
  });

  it('computes only new and changed images', async () => {
    await prepare();
    await addImage(21);
    await copyFile(join(root, 'data', '5.png'), join(root, 'data', '3.png'));
    await utimes(join(root, 'data', '3.png'), 1e9, 1e9);
    const result = await prepare();
    expect([result.reusedImages, result.computedImages]).toEqual([20, 2]);
    await expectFeatures(result);
  });

  describe('when files change between the look at them and the rest', () => {
    const look = () => readImageKeys({ ...request.images, length: names.length }, () => {}, undefined);

    it('stores nothing under the name of the version that was looked up', async () => {
      const looked = look();
      await looked;
      await copyFile(join(root, 'data', '5.png'), join(root, 'data', '3.png'));
      await utimes(join(root, 'data', '3.png'), 1e9, 1e9);
      const changed = { code: 'data/image-changed' };
      await expect(prepare({ looked })).rejects.toMatchObject(changed);
      await expectFeatures(await prepare());
    });

    it('names an image that is gone', async () => {
      const looked = look();
      await looked;
      await rm(join(root, 'data', '3.png'));
      await expect(prepare({ looked })).rejects.toThrow(/3\.png: image not found/);
    });

    it('gives stored features of the version that was looked up, and the new ones next time', async () => {
      const before = await gathered(await prepare(), 3);
      const looked = look();
      await looked;
      await copyFile(join(root, 'data', '5.png'), join(root, 'data', '3.png'));
      await utimes(join(root, 'data', '3.png'), 1e9, 1e9);
      const reused = await prepare({ looked });
      expect(reused.computedImages).toBe(0);
      expect(await gathered(reused, 3)).toEqual(before);
      const next = await prepare();
      expect(next.computedImages).toBe(1);
      await expectFeatures(next);
    });
  });

  it('computes an image that is listed twice once', async () => {
    names.push('0.png');
    const result = await prepare();
    expect(result.store.count).toBe(22);
    await expectFeatures(result);
  });

  it('keys the store by weights, transform, normalisation and precision', async () => {
    const folders = [
      await prepare(),
      await prepare({ dtype: 'float16' }),
      await prepare({ precision: 'int8' }),
      await prepare({ std: [1, 1, 1] }),
    ];
    expect(new Set(folders.map((r) => r.folder)).size).toBe(4);
    await writeSafetensors(join(root, 'weights.safetensors'), [
      ['w', { shape: [WIDTH, 192], data: new Float32Array(WIDTH * 192) }],
      ['b', { shape: [WIDTH], data: Float32Array.of(1, 2, 3, 4, 5) }],
    ]);
    const other = await prepare();
    expect(folders.map((r) => r.folder)).not.toContain(other.folder);
    expect(await gathered(other, 3)).toEqual([1, 2, 3, 4, 5]);
  });

  it('stores seeded views of random transforms', async () => {
    const transform = { name: 'custom', size: SIZE } as const;
    const result = await prepare({ transform, views: 3 });
    expect(result.store.views).toBe(3);
    for (const view of [0, 2]) {
      const [got, want] = [await gathered(result, 7, view), await expected('7.png', transform, view)];
      expectClose(got, want, 1e-4);
    }
    expect(await gathered(result, 7, 0)).not.toEqual(await gathered(result, 7, 1));
    const fewer = await prepare({ transform, views: 2 });
    expect(fewer.computedImages).toBe(0);
  });
});

describe('stopping', () => {
  it('keeps what is done and goes on from there', async () => {
    const stop = new AbortController();
    const onProgress = ({ phase, done }: FeatureProgress) => {
      if (phase === 'computing' && done >= 4) stop.abort();
    };
    for (let i = 21; i < 400; i++) await addImage(i);
    let time = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (time += 1000)); // so that all is reported
    await expect(prepare({}, { onProgress, signal: stop.signal })).rejects.toThrow(/abort/i);
    clock.mockRestore();
    const result = await prepare();
    expect(result.reusedImages).toBeGreaterThan(0);
    await expectFeatures(result);
  });

  it('ignores and removes what a killed process left half-written', async () => {
    const { folder } = await prepare();
    await writeFile(join(folder, 'features-000007.safetensors.1-abcd.partial'), 'half');
    await writeFile(join(folder, 'lock.json'), JSON.stringify({ pid: 2 ** 30, start: 'gone', host: '' }));
    await utimes(join(folder, 'lock.json'), 1, 1);
    await addImage(22);
    await expectFeatures(await prepare());
    expect((await readdir(folder)).sort()).toEqual([
      'features-000000.safetensors',
      'features-000001.safetensors',
      'key.json',
    ]);
  });

  it('stores no features that are not finite', async () => {
    const graph = halfOverflow();
    const path = join(root, 'large.safetensors');
    await writeSafetensors(path, [
      ['w', { shape: [WIDTH, 3 * SIZE * SIZE], data: new Float32Array(WIDTH * 192).fill(1e5) }],
    ]);
    const backbone = frozenBackbone(graph, await openSafetensors(path));
    await expect(prepare({ backbone, precision: 'fp16' })).rejects.toMatchObject({
      code: 'features/not-finite',
      message: expect.stringMatching(/0\.png[\s\S]*--precision fp32/),
    });
    // Images that are embedded lie anywhere: their paths are absolute.
    const image = (i: number) => join(root, 'data', names[i]!);
    const images = { root: '/elsewhere', length: names.length, image };
    await expect(prepare({ backbone, precision: 'fp16', images })).rejects.toThrow(
      new RegExp(`^${image(0)}: `),
    );
    expect((await prepare({ backbone })).computedImages).toBe(names.length);
  });

  it('lets two calls share the work', async () => {
    const phases: string[] = [];
    const [a, b] = await Promise.all([
      prepare(),
      prepare({}, { onProgress: (p: FeatureProgress) => phases.push(p.phase) }),
    ]);
    await expectFeatures(a);
    await expectFeatures(b);
    expect(a.computedImages + b.computedImages).toBeGreaterThanOrEqual(21);
    expect((await readdir(a.folder)).filter((f) => f.endsWith('.safetensors'))).toHaveLength(1);
  });
});

describe('bad images', () => {
  beforeEach(async () => {
    await truncate(join(root, 'data', '2.png'), 60);
    await rm(join(root, 'data', '9.png'));
    await writeFile(join(root, 'data', '20.png'), 'text');
  });

  it('lists all of them and stops', async () => {
    const failed = prepare();
    await expect(failed).rejects.toMatchObject({ code: 'data/bad-images' });
    await expect(failed).rejects.toThrow(
      /3 images are missing or damaged:\n +2\.png: .*\n +9\.png: image not found\n +20\.png/,
    );
  });

  it('lists damaged ones that turn up while computing', async () => {
    await addImage(9).then(() => names.pop());
    await expect(prepare()).rejects.toThrow(/2 images[\s\S]*2\.png[\s\S]*20\.png/);
  });

  it('leaves them out when asked', async () => {
    const result = await prepare({ skipBadImages: true });
    expect(result.skipped.map((b) => [b.index, b.code])).toEqual([
      [2, 'image/damaged'],
      [9, 'image/missing'],
      [20, 'image/damaged'],
    ]);
    expect(result.store.count).toBe(18);
    await expectFeatures(result);
    const again = await prepare({ skipBadImages: true });
    expect([again.reusedImages, again.computedImages, again.skipped.length, again.engine]).toEqual([
      18,
      0,
      3,
      null,
    ]);
  });

  it('refuses a set without a usable image', async () => {
    names = ['9.png', '20.png'];
    await expect(prepare({ skipBadImages: true })).rejects.toMatchObject({ code: 'data/no-usable-images' });
  });
});

describe('store on disk', () => {
  it('says which file is broken', async () => {
    const { folder } = await prepare();
    const shard = join(folder, 'features-000000.safetensors');
    await truncate(shard, 100);
    await expect(prepare()).rejects.toMatchObject({ code: 'features/broken-shard' });
    await expect(prepare()).rejects.toThrow(/features-000000.safetensors: [\s\S]*delete this file/);
    await rm(shard);
    await expectFeatures(await prepare());
  });

  it('is plain safetensors', async () => {
    const { folder } = await prepare();
    const file = await openSafetensors(join(folder, 'features-000000.safetensors'));
    expect(file.tensors.get('features')).toMatchObject({ dtype: 'F32', shape: [21, WIDTH] });
    expect(JSON.parse(await readFile(join(folder, 'key.json'), 'utf8'))).toMatchObject({
      version: 2,
      size: SIZE,
    });
  });
});
