// Large annotation files, each read by a process of its own: GLDv2's 4.13 million lines, first and from the index;
// M4D-35k with its 328,400 image files looked up; Food Recognition 2022's annotations of 470 MB. Time, CPU time and
// peak memory.
//   npm run bench -- datasets
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { Rng } from '../../src/common/rng.ts';
import { loadDatasets } from '../../src/data/datasets/index.ts';
import { foodRec22 } from '../../src/data/preprocess/food-rec22.ts';
import { readImageKeys } from '../../src/features/image-stats.ts';
import { makeEmptyM4d } from './m4d.ts';

const GLDV2_ROWS = 4_132_914;
const GLDV2_CLASSES = 203_094;
const FOOD_IMAGES = 39_962;
const FOOD_BYTES = 470e6;

/** What a child does, and says in a few words. */
const TASKS: Readonly<Record<string, (dir: string) => Promise<string>>> = {
  gldv2: async (dir) => {
    const data = await load('gldv2', dir);
    return `${data.length.toLocaleString('en')} images of ${data.classes.toLocaleString('en')} classes kept`;
  },
  m4d: async (dir) => {
    const { missing } = await readImageKeys(await load('m4d-35k', dir), () => {}, undefined);
    return `${missing.length} missing`;
  },
  food: async (dir) => {
    const { jobs } = await foodRec22.list(join(dir, 'food'));
    return `${jobs.length.toLocaleString('en')} images`;
  },
};

const [mode, folder] = process.argv.slice(2);
if (mode === undefined) await main();
else {
  const started = performance.now();
  const text = await TASKS[mode]!(folder!);
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.log(
    `${((performance.now() - started) / 1000).toFixed(2)} s, ${((userCPUTime + systemCPUTime) / 1e6).toFixed(2)} s of CPU, ` +
      `peak ${(maxRSS / 1000).toFixed(0)} MB: ${text}`,
  );
}

async function main(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'mdfe-bench-datasets-'));
  try {
    console.log(`${cpus()[0]?.model}, ${availableParallelism()} threads`);
    await writeLandmarks(dir);
    child('GLDv2, first time', 'gldv2', dir);
    child('GLDv2, from the index', 'gldv2', dir);
    const images = makeEmptyM4d(dir);
    child(`M4D-35k, ${images.toLocaleString('en')} files, first time`, 'm4d', dir);
    child('M4D-35k, from the index', 'm4d', dir);
    const megabytes = (await writeFood(dir)) / 1e6;
    child(`Food Recognition 2022, ${megabytes.toFixed(0)} MB`, 'food', dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function child(title: string, task: string, dir: string): void {
  const self = fileURLToPath(import.meta.url);
  console.log(`${title}: ${execFileSync(process.execPath, [self, task, dir]).toString().trim()}`);
}

function load(name: string, dir: string) {
  return loadDatasets([name], dir, { seed: 42, cacheDir: join(dir, 'cache') });
}

/** `id,landmark_id`, classes of very different sizes. */
async function writeLandmarks(dir: string): Promise<void> {
  const parent = join(dir, 'google_landmark_recognition_2021');
  mkdirSync(join(parent, 'train'), { recursive: true });
  const rng = new Rng(1);
  await write(join(parent, 'train.csv'), function* () {
    yield 'id,landmark_id\n';
    for (let i = 0; i < GLDV2_ROWS; i++) {
      const id = `${hex(rng.uint32())}${hex(rng.uint32())}`;
      yield `${id},${Math.floor(GLDV2_CLASSES * rng.uniform() ** 3)}\n`;
    }
  });
}

/** COCO's form with outlines of many points. Bytes written. */
async function writeFood(dir: string): Promise<number> {
  const parent = join(dir, 'food');
  mkdirSync(join(parent, 'images'), { recursive: true });
  const rng = new Rng(2);
  return write(join(parent, 'annotations.json'), function* () {
    yield '{"info":{},"categories":[],"images":[';
    for (let i = 0; i < FOOD_IMAGES; i++)
      yield `${i ? ',' : ''}{"id":${i},"file_name":"${String(i).padStart(6, '0')}.jpg","width":480,"height":480}`;
    yield '],"annotations":[';
    const outline = Array.from({ length: 600 }, () => (480 * rng.uniform()).toFixed(2)).join(',');
    let bytes = 0;
    for (let i = 0; bytes < FOOD_BYTES; i++) {
      const text = `${i ? ',' : ''}{"id":${i},"image_id":${i % FOOD_IMAGES},"category_id":${1000 + (i % 498)},"bbox":[${i % 99},20,200,150],"segmentation":[[${outline}]]}`;
      bytes += text.length;
      yield text;
    }
    yield ']}';
  });
}

async function write(path: string, texts: () => Generator<string>): Promise<number> {
  const stream = createWriteStream(path);
  let piece = '';
  for (const text of texts()) {
    piece += text;
    if (piece.length < 1 << 20) continue;
    if (!stream.write(piece)) await new Promise<void>((resolve) => stream.once('drain', () => resolve()));
    piece = '';
  }
  stream.end(piece);
  await finished(stream);
  return stream.bytesWritten;
}

function hex(number: number): string {
  return number.toString(16).padStart(8, '0');
}
