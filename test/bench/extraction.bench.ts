// Feature extraction: images/s and CPU seconds of SigLIP ViT-B/16 with random weights, peak memory at two data set
// sizes, and how soon a filled store is ready. With MDFE_PYTHON (a Python that has torch, timm and Pillow) the same
// images go through PyTorch in the same run.
//   npm run bench -- extraction [IMAGES]      default 128
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
if (mode === 'extract') console.log(JSON.stringify(await extract(rest[0]!, Number(rest[1]), rest[2]!)));
else await main(Number(mode ?? 128));

async function main(images: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mdfe-bench-'));
  try {
    await makePictures(join(folder, 'images'), images * 4);
    await writeSafetensors(join(folder, 'weights.safetensors'), randomWeights(network(), 1));
    console.log(`${MODEL}, random weights; ${cpus()[0]?.model}, ${availableParallelism()} threads`);
    const ours = child(folder, images, 'a');
    show('mdfe', ours);
    const again = child(folder, images, 'a');
    console.log(`filled store: ready after ${again.seconds.toFixed(2)} s of a new process's work`);
    const large = child(folder, images * 4, 'b');
    show('mdfe, 4 x the images', large);
    console.log(
      `peak memory: ${ours.peakMb.toFixed(0)} MB, with 4 x the images ${large.peakMb.toFixed(0)} MB`,
    );
    const python = process.env.MDFE_PYTHON;
    if (!python) return console.log('PyTorch: not measured (MDFE_PYTHON is not set)');
    const script = fileURLToPath(new URL('../test/bench/extraction_torch.py', import.meta.url));
    const torch = JSON.parse(
      execFileSync(python, [
        script,
        join(folder, 'images'),
        MODEL,
        `${SIZE}`,
        `${BATCH}`,
        `${images}`,
      ]).toString(),
    ) as Measured;
    show('PyTorch', torch);
    const ratio = perCpuSecond(ours) / perCpuSecond(torch);
    console.log(`mdfe / PyTorch: ${ratio.toFixed(2)} x the images per CPU second`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A process of its own, so that its CPU time and peak memory are nobody else's. */
function child(folder: string, images: number, cache: string): Measured {
  return JSON.parse(execFileSync(process.execPath, [self, 'extract', folder, `${images}`, cache]).toString());
}

async function extract(folder: string, count: number, cache: string): Promise<Measured> {
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
    precision: 'fp32',
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
