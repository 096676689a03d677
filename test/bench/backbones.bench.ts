// Frozen inference: images/s, images per CPU second, load time and memory of one model of each family with random
// weights. With MDFE_PYTHON (a Python that has torch, timm and open_clip) PyTorch runs the same weights and pixels,
// and the features are compared.
//   npm run bench -- backbones [TYPE]      default: all families
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSafetensors, readTensor, writeSafetensors } from '../../src/formats/safetensors.ts';
import { randomWeights } from '../../src/graph/random-weights.ts';
import { lowerToOnnx, weightsFolder } from '../../src/lower/onnx/lower.ts';
import { createSession } from '../../src/lower/onnx/session.ts';
import { buildBackbone } from '../../src/models/build.ts';
import type { BackboneType } from '../../src/models/types.ts';

interface Case {
  readonly type: BackboneType;
  readonly modelName: string;
  readonly projLayer: boolean;
  readonly imageSize: number;
  readonly batch: number;
}

/** One model of each family. */
const CASES: readonly Case[] = [
  { type: 'siglip', modelName: 'vit_base_patch16_siglip_224', projLayer: false, imageSize: 224, batch: 8 },
  { type: 'dinov2', modelName: 'vit_small_patch14_dinov2', projLayer: false, imageSize: 224, batch: 8 },
  { type: 'eva02', modelName: 'eva02_base_patch14_224', projLayer: false, imageSize: 224, batch: 8 },
  { type: 'clip', modelName: 'ViT-B-32', projLayer: true, imageSize: 224, batch: 8 },
  { type: 'clipav2', modelName: 'ViT-L-14-CLIPA', projLayer: true, imageSize: 224, batch: 4 },
  { type: 'meta-clip', modelName: 'ViT-B-16-quickgelu', projLayer: true, imageSize: 224, batch: 8 },
  { type: 'clip_convnext', modelName: 'convnext_base_w', projLayer: true, imageSize: 256, batch: 4 },
  { type: 'sam', modelName: 'samvit_base_patch16', projLayer: false, imageSize: 384, batch: 2 },
];
/** Timed runs after one that is not. */
const RUNS = 3;
const THREADS = availableParallelism();

interface Speed {
  readonly cpuSeconds: number;
  readonly seconds: number;
}

const self = fileURLToPath(import.meta.url);
const [mode, folder, index] = process.argv.slice(2);
if (mode === 'ours') console.log(JSON.stringify(await ours(CASES[Number(index)]!, folder!)));
else await main(mode ? CASES.filter((c) => c.type === mode) : CASES);

async function main(cases: readonly Case[]): Promise<void> {
  console.log(`${cpus()[0]?.model}, ${THREADS} threads, float32, random weights, ${RUNS} runs`);
  const python = process.env.MDFE_PYTHON;
  if (!python) console.log('PyTorch: not measured (MDFE_PYTHON is not set)');
  for (const c of cases) {
    const temporary = await mkdtemp(join(tmpdir(), 'mdfe-bench-'));
    try {
      await writeInputs(c, temporary);
      const torch = python && JSON.parse(execFileSync(python, torchArguments(c, temporary)).toString());
      const args = [self, 'ours', temporary, `${CASES.indexOf(c)}`];
      const mine = JSON.parse(execFileSync(process.execPath, args).toString());
      console.log(line(c, mine, torch || undefined));
    } finally {
      await rm(temporary, { recursive: true });
    }
  }
}

function network({ type, modelName, projLayer, imageSize }: Case) {
  return buildBackbone({ type, modelName, projLayer, imageSize });
}

async function writeInputs(c: Case, temporary: string): Promise<void> {
  await writeSafetensors(join(temporary, 'weights.safetensors'), randomWeights(network(c), 1));
  const shape = [c.batch, 3, c.imageSize, c.imageSize];
  const pixels = Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) =>
    Math.sin(i * 0.37),
  );
  await writeSafetensors(join(temporary, 'pixels.safetensors'), [['pixels', { shape, data: pixels }]]);
}

/** In a process of its own, so that CPU time and memory are nobody else's. */
async function ours(c: Case, temporary: string) {
  const file = await openSafetensors(join(temporary, 'weights.safetensors'));
  const pixels = await readTensor(await openSafetensors(join(temporary, 'pixels.safetensors')), 'pixels');
  const started = performance.now();
  const session = await createSession(lowerToOnnx(network(c), file), weightsFolder(file), {
    threads: THREADS,
  });
  const loadSeconds = (performance.now() - started) / 1e3;
  const shape = [c.batch, 3, c.imageSize, c.imageSize] as const;
  const features = [...(await session.run(pixels, shape))];
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  for (let i = 0; i < RUNS; i++) await session.run(pixels, shape);
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - wall) / 1e3;
  await session.dispose();
  return { cpuSeconds: (user + system) / 1e6, seconds, loadSeconds, features, privateMb: privateMb() };
}

/** Memory that is not a mapped file: on Linux only. */
function privateMb(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const [, kilobytes] = /RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

function torchArguments(c: Case, temporary: string): string[] {
  const script = fileURLToPath(new URL('../test/bench/backbones_torch.py', import.meta.url));
  return [script, temporary, c.type, c.modelName, c.projLayer ? '1' : '0', `${RUNS}`, `${THREADS}`];
}

function line(
  c: Case,
  mine: Awaited<ReturnType<typeof ours>>,
  torch?: Speed & { features: number[] },
): string {
  const rate = (s: Speed) => (RUNS * c.batch) / s.cpuSeconds;
  const parts = [
    `${c.modelName} ${c.imageSize} x ${c.batch}: ${rate(mine).toFixed(2)} images per CPU second`,
    `${((RUNS * c.batch) / mine.seconds).toFixed(2)} images/s, loaded in ${mine.loadSeconds.toFixed(2)} s`,
  ];
  if (mine.privateMb !== undefined) parts.push(`${mine.privateMb.toFixed(0)} MB beside the mapped weights`);
  if (torch) {
    const difference = Math.max(...torch.features.map((f, i) => Math.abs(f - mine.features[i]!)));
    const largest = Math.max(...torch.features.map(Math.abs));
    parts.push(`PyTorch ${rate(torch).toFixed(2)}, ratio ${(rate(mine) / rate(torch)).toFixed(2)}`);
    parts.push(`difference ${difference.toExponential(1)} of ${largest.toFixed(2)}`);
  }
  return parts.join('; ');
}
