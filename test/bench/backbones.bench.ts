// Frozen inference: images/s, images per CPU second, load time and memory of one model of each family with random
// weights, on the sessions that extraction would use, in each precision. With MDFE_PYTHON (a Python that has torch, timm
// and open_clip) PyTorch runs the same weights and pixels in float32, and the features are compared.
//   npm run bench -- backbones [TYPE|vit_so400m_patch14_siglip_384] [--quick] [--precision P]      default: all families, fp32 and int8
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Precision } from '../../src/common/precision.ts';
import { Rng } from '../../src/common/rng.ts';
import { frozenBackbone } from '../../src/features/backbone.ts';
import { type InferencePlan, planInference } from '../../src/features/inference-plan.ts';
import { InferencePool } from '../../src/features/inference-pool.ts';
import { openSafetensors, readTensor, writeSafetensors } from '../../src/formats/safetensors.ts';
import { randomWeights } from '../../src/graph/random-weights.ts';
import { buildBackbone } from '../../src/models/build.ts';
import type { BackboneType } from '../../src/models/types.ts';

interface Case {
  readonly type: BackboneType;
  readonly modelName: string;
  readonly projLayer: boolean;
  readonly imageSize: number;
  /** Images of one run; PyTorch takes them in one batch. */
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
/** 428M parameters: only when asked for by name. */
const LARGE: Case = {
  type: 'siglip',
  modelName: 'vit_so400m_patch14_siglip_384',
  projLayer: false,
  imageSize: 384,
  batch: 2,
};
const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean' }, precision: { type: 'string', multiple: true } },
  allowPositionals: true,
});
/** Timed runs after one that is not. */
const RUNS = values.quick ? 1 : 3;
const THREADS = availableParallelism();

/** MB. */
interface Memory {
  /** Private memory. */
  readonly own: number;
  /** With the mapped weights, each page once, however many sessions map it. */
  readonly held: number;
}

interface Result {
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly features: number[];
  readonly loadSeconds?: number;
  readonly memory?: Memory | undefined;
  readonly plan?: InferencePlan;
}

const self = fileURLToPath(import.meta.url);
const precisions = (values.precision ?? ['fp32', 'int8']) as readonly Precision[];
const [mode, folder, index] = positionals;
const all = [...CASES, LARGE];
if (mode === 'ours') console.log(JSON.stringify(await ours(all[Number(index)]!, folder!, precisions[0]!)));
else await main(mode === LARGE.modelName ? [LARGE] : CASES.filter((c) => !mode || c.type === mode));

async function main(cases: readonly Case[]): Promise<void> {
  console.log(`${cpus()[0]?.model}, ${THREADS} threads, random weights, ${RUNS} timed runs`);
  const python = process.env.MDFE_PYTHON;
  if (!python) console.log('PyTorch: not measured (MDFE_PYTHON is not set)');
  for (const c of cases) {
    const temporary = await mkdtemp(join(tmpdir(), 'mdfe-bench-'));
    try {
      await writeInputs(c, temporary);
      const torch: Result | undefined =
        python && JSON.parse(execFileSync(python, torchArguments(c, temporary)).toString());
      let reference = torch;
      if (torch) console.log(line(c, 'PyTorch fp32', torch));
      for (const precision of precisions) {
        const args = [self, 'ours', temporary, `${all.indexOf(c)}`, '--precision', precision];
        if (values.quick) args.push('--quick');
        const mine: Result = JSON.parse(execFileSync(process.execPath, args).toString());
        console.log(line(c, `mdfe ${precision}`, mine, reference, torch));
        reference ??= mine;
      }
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
  // Noise: of what repeats itself, random networks' means over all places are sums that nearly cancel.
  const rng = new Rng(1, 'pixels');
  const pixels = Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => rng.normal());
  await writeSafetensors(join(temporary, 'pixels.safetensors'), [['pixels', { shape, data: pixels }]]);
}

/** In a process of its own, so that CPU time and memory are nobody else's. */
async function ours(c: Case, temporary: string, precision: Precision): Promise<Result> {
  const backbone = frozenBackbone(network(c), await openSafetensors(join(temporary, 'weights.safetensors')));
  const pixels = await readTensor(await openSafetensors(join(temporary, 'pixels.safetensors')), 'pixels');
  const plan = planInference({ providers: ['cpu'] }, backbone, precision);
  await backbone.load(precision, temporary); // makes the 8-bit file
  const started = performance.now();
  const image = pixels.length / c.batch;
  const jobs = Array.from({ length: Math.ceil(c.batch / plan.batchSize) }, (_, batch) => ({
    batch,
    count: Math.min(plan.batchSize, c.batch - batch * plan.batchSize),
  }));
  const batches = jobs.map(({ batch, count }) => {
    const first = batch * plan.batchSize * image;
    const shared = new SharedArrayBuffer(4 * plan.batchSize * image);
    new Float32Array(shared).set(pixels.subarray(first, first + count * image));
    return shared;
  });
  const { threads, prepack, compiled, sessions } = plan;
  const setup = { threads, prepack, compiled, batches, size: c.imageSize, providers: ['cpu'] };
  const loaded = await backbone.load(precision, temporary);
  const pool = new InferencePool({ ...setup, ...loaded }, sessions);
  const run = async () => (await Promise.all(jobs.map((job) => pool.run(job)))).flatMap((rows) => [...rows]);
  const features = await run();
  const loadSeconds = (performance.now() - started) / 1e3;
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  for (let i = 0; i < RUNS; i++) await run();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - wall) / 1e3;
  const memory = memoryMb();
  await pool.close();
  return { cpuSeconds: (user + system) / 1e6, seconds, loadSeconds, features, memory, plan };
}

/** On Linux only. */
function memoryMb(): Memory | undefined {
  if (process.platform !== 'linux') return undefined;
  const megabytes = (file: string, key: string) =>
    Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/self/${file}`, 'utf8'))?.[1]) /
    1024;
  return { own: megabytes('status', 'RssAnon'), held: megabytes('smaps_rollup', 'Pss') };
}

function torchArguments(c: Case, temporary: string): string[] {
  const script = fileURLToPath(new URL('../test/bench/backbones_torch.py', import.meta.url));
  return [script, temporary, c.type, c.modelName, c.projLayer ? '1' : '0', `${RUNS}`, `${THREADS}`];
}

function line(c: Case, who: string, result: Result, reference?: Result, torch?: Result): string {
  const rate = (r: Result) => (RUNS * c.batch) / r.cpuSeconds;
  const parts = [
    `${c.modelName} ${c.imageSize}, ${who}: ${rate(result).toFixed(2)} images per CPU second`,
    `${((RUNS * c.batch) / result.seconds).toFixed(2)} images/s`,
  ];
  if (torch) parts.push(`${(rate(result) / rate(torch)).toFixed(2)} x PyTorch`);
  if (result.plan)
    parts.push(
      `${result.plan.sessions} sessions, batch ${result.plan.batchSize}, ready and first run ${result.loadSeconds?.toFixed(2)} s`,
    );
  if (result.memory) {
    const { own, held } = result.memory;
    parts.push(`${own.toFixed(0)} MB beside mapped weights, ${held.toFixed(0)} MB with them`);
  }
  if (reference) {
    const width = result.features.length / c.batch;
    const cosines = Array.from({ length: c.batch }, (_, i) =>
      cosine(
        result.features.slice(i * width, (i + 1) * width),
        reference.features.slice(i * width, (i + 1) * width),
      ),
    );
    parts.push(`least cosine to fp32 ${Math.min(...cosines).toFixed(7)}`);
    const difference = Math.max(...reference.features.map((f, i) => Math.abs(f - result.features[i]!)));
    parts.push(`difference ${difference.toExponential(1)}`);
  }
  return parts.join('; ');
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, v, i) => sum + v * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
