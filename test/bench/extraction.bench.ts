// Feature extraction: images/s and CPU seconds of SigLIP ViT-B/16 with random weights in float32 and int8, peak memory at
// two data set sizes, and how soon a filled store is ready. With MDFE_PYTHON (a Python that has torch, timm and Pillow)
// the same images go through PyTorch in the same run. Each is also compared by what an image more costs, which leaves
// start-up out.
//   npm run bench -- extraction [IMAGES]      default 128
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Precision } from '../../src/common/precision.ts';
import { frozenBackbone, prepareFeatures } from '../../src/features/index.ts';
import { openSafetensors, writeSafetensors } from '../../src/formats/safetensors.ts';
import { randomWeights } from '../../src/graph/random-weights.ts';
import { buildBackbone } from '../../src/models/build.ts';
import { makePictures } from './pictures.ts';

const MODEL = 'vit_base_patch16_siglip_224';
const SIZE = 224;
/** Of PyTorch; mdfe chooses its own. */
const BATCH = 8;

interface Measured {
  images: number;
  seconds: number;
  cpuSeconds: number;
  peakMb: number;
}

const self = fileURLToPath(import.meta.url);
const [mode, ...rest] = process.argv.slice(2);
if (mode === 'extract')
  console.log(JSON.stringify(await extract(rest[0]!, Number(rest[1]), rest[2]!, rest[3] as Precision)));
else await main(Number(mode ?? 128));

async function main(images: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mdfe-bench-'));
  try {
    await makePictures(join(folder, 'images'), images * 4);
    await writeSafetensors(join(folder, 'weights.safetensors'), randomWeights(network(), 1));
    console.log(`${MODEL}, random weights; ${cpus()[0]?.model}, ${availableParallelism()} threads`);
    const fp32 = measure('mdfe', images, (n) => child(folder, n, 'fp32'));
    const again = child(folder, images * 4, 'fp32');
    console.log(`filled store: ready after ${again.seconds.toFixed(2)} s of a new process's work`);
    console.log(
      `peak memory: ${fp32.few.peakMb.toFixed(0)} MB, with 4 x the images ${fp32.many.peakMb.toFixed(0)} MB`,
    );
    const int8 = measure('mdfe, int8', images, (n) => child(folder, n, 'int8'));
    const python = process.env.MDFE_PYTHON;
    if (!python) return console.log('PyTorch: not measured (MDFE_PYTHON is not set)');
    const torch = measure('PyTorch', images, (n) => pytorch(python, folder, n));
    for (const [name, ours] of Object.entries({ fp32, int8 }))
      console.log(
        `mdfe ${name} / PyTorch: ${(perCpuSecond(ours.many) / perCpuSecond(torch.many)).toFixed(2)} x the images per CPU ` +
          `second, ${(torch.perImage / ours.perImage).toFixed(2)} x without start-up`,
      );
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Pair {
  readonly few: Measured;
  readonly many: Measured;
  /** CPU seconds that one image more costs. */
  readonly perImage: number;
}

function measure(name: string, images: number, run: (images: number) => Measured): Pair {
  const few = run(images);
  show(name, few);
  const many = run(images * 4);
  show(`${name}, 4 x the images`, many);
  return { few, many, perImage: (many.cpuSeconds - few.cpuSeconds) / (images * 3) };
}

function pytorch(python: string, folder: string, images: number): Measured {
  const script = fileURLToPath(new URL('../test/bench/extraction_torch.py', import.meta.url));
  const given = [script, join(folder, 'images'), MODEL, `${SIZE}`, `${BATCH}`, `${images}`];
  return JSON.parse(execFileSync(python, given).toString());
}

/** A process of its own, so that its CPU time and peak memory are nobody else's. */
function child(folder: string, images: number, precision: Precision): Measured {
  const cache = `${precision}-${images}`;
  const given = [self, 'extract', folder, `${images}`, cache, precision];
  return JSON.parse(execFileSync(process.execPath, given).toString());
}

async function extract(
  folder: string,
  count: number,
  cache: string,
  precision: Precision,
): Promise<Measured> {
  const started = performance.now();
  const backbone = frozenBackbone(network(), await openSafetensors(join(folder, 'weights.safetensors')));
  await prepareFeatures({
    images: { root: join(folder, 'images'), length: count, image: (i) => `${i}.jpg` },
    backbone,
    transform: { name: 'openai-clip', size: SIZE },
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
    seed: 1,
    views: 1,
    precision,
    dtype: 'float32',
    engine: async () => ({
      report: { name: 'onnxruntime', device: 'CPU', rejected: [] },
      providers: ['cpu'],
    }),
    skipBadImages: false,
    cacheDir: join(folder, cache),
  });
  const { user, system } = process.cpuUsage();
  return {
    images: count,
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
}

function network() {
  return buildBackbone({ type: 'siglip', modelName: MODEL, projLayer: false });
}

function perCpuSecond({ images, cpuSeconds }: Measured): number {
  return images / cpuSeconds;
}

function show(name: string, measured: Measured): void {
  const { images, seconds, cpuSeconds } = measured;
  console.log(
    `${name}: ${images} images in ${seconds.toFixed(1)} s = ${(images / seconds).toFixed(1)} images/s, ` +
      `${cpuSeconds.toFixed(1)} CPU s = ${perCpuSecond(measured).toFixed(2)} images per CPU s`,
  );
}
