// A whole run: 640 images, ViT-S/14 at 98 pixels, 10 epochs, from an empty store and from a filled one, against what
// ten epochs of backbone passes alone cost in PyTorch (MDFE_PYTHON: a Python with torch, timm and Pillow).
//   npm run bench -- run [IMAGES]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { distFile, packageFile } from '../../src/common/dist.ts';
import { writeSafetensors } from '../../src/formats/safetensors.ts';
import { randomWeights } from '../../src/graph/random-weights.ts';
import { buildBackbone } from '../../src/models/build.ts';
import { readEvents } from '../../src/run/reader.ts';
import { makeProducts } from './pictures.ts';

const MODEL = 'vit_small_patch14_dinov2';
const SIZE = 98; // pixels
const EPOCHS = 10;
const BATCH = 64;

const CONFIG = `MODEL:
  cloud_upload: False
  BACKBONE: { type: dinov2, network_arch: vits14, model_name: ${MODEL}, output_dim: 384 }
DATASET: { names: ["products_10k"] }
DATALOADER: { batch_size: ${BATCH} }
TRANSFORM: { name: openai-clip, size: ${SIZE} }
TRAIN: { epochs: ${EPOCHS}, save_epoch: [${EPOCHS}] }
`;

const count = Number(process.argv[2] ?? 640);
const dir = mkdtempSync(join(tmpdir(), 'mdfe-bench-run-'));
try {
  console.log(
    `${count} images, ${MODEL} at ${SIZE} px, ${EPOCHS} epochs; ${cpus()[0]?.model}, ${availableParallelism()} threads`,
  );
  const images = await makeProducts(join(dir, 'data'), count, 10);
  const graph = buildBackbone({ type: 'dinov2', modelName: MODEL, projLayer: false, imageSize: SIZE });
  await writeSafetensors(join(dir, 'weights.safetensors'), randomWeights(graph, 1));
  writeFileSync(join(dir, 'config.yaml'), CONFIG);

  const empty = train('empty');
  console.log(`mdfe, empty store:  ${empty.seconds.toFixed(1)} s for the whole run`);
  const filled = train('filled');
  console.log(
    `mdfe, filled store: ${filled.seconds.toFixed(1)} s for the whole run, first step done ${filled.firstStep.toFixed(2)} s after the start of the process`,
  );
  const python = process.env.MDFE_PYTHON;
  if (python) {
    const script = packageFile('test/bench/extraction_torch.py');
    const args = [script, images, MODEL, `${SIZE}`, `${BATCH}`, `${count}`];
    const { seconds } = JSON.parse(execFileSync(python, args).toString()) as { seconds: number };
    console.log(
      `PyTorch, one epoch of backbone passes: ${seconds.toFixed(1)} s, ten: ${(EPOCHS * seconds).toFixed(1)} s`,
    );
    console.log(`mdfe / PyTorch's ten epochs: ${(empty.seconds / (EPOCHS * seconds)).toFixed(3)}`);
  } else console.log('PyTorch: not measured (MDFE_PYTHON is not set)');
} finally {
  rmSync(dir, { recursive: true });
}

/** Seconds of the whole process, and until its first steps were written. */
function train(name: string): { seconds: number; firstStep: number } {
  const started = Date.now();
  const paths = ['--output-dir', join(dir, 'results'), '--cache-dir', join(dir, 'cache')];
  const weights = ['--backbone-weights', join(dir, 'weights.safetensors')];
  execFileSync(
    process.execPath,
    [
      distFile('cli.mjs'),
      'train',
      join(dir, 'config.yaml'),
      join(dir, 'data'),
      '--name',
      name,
      ...paths,
      ...weights,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const step = readEvents(join(dir, 'results', name)).find((event) => event.type === 'step');
  return { seconds: (Date.now() - started) / 1000, firstStep: (step!.time - started) / 1000 };
}
