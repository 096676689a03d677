// The first training step of a run whose features are all stored, at the size of M4D-35k: 328,400 image files (empty,
// but there) in its folders, 34,720 classes, features of random numbers.
//   npm run bench -- filled-store [WIDTH] [FOLDER]     width of the backbone, default 768; FOLDER is kept for the next time
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { formatBytes } from '../../src/common/bytes.ts';
import { distFile } from '../../src/common/dist.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { loadDatasets } from '../../src/data/datasets/index.ts';
import { readImageKeys } from '../../src/features/image-stats.ts';
import { keyName, storeKey } from '../../src/features/key.ts';
import { ShardWriter } from '../../src/features/shard-writer.ts';
import { storeRequest } from '../../src/train/fill-store.ts';
import { openBackbone } from '../../src/train/open-backbone.ts';
import { writeTinyBackbone } from '../cli/tiny-backbone.ts';
import { makeEmptyM4d } from './m4d.ts';

const SIDE = 28; // pixels
const RUNS = 5;
const TICK = 0.01; // seconds, of /proc

const width = Number(process.argv[2] ?? 768);
const folder = process.argv[3];
const dir = folder ?? mkdtempSync(join(tmpdir(), 'mdfe-bench-filled-'));
const data = join(dir, 'data');
const cacheDir = join(dir, `cache-${width}`);
const configFile = join(dir, `config-${width}.yaml`);
try {
  console.log(`${cpus()[0]?.model}, ${availableParallelism()} threads`);
  if (!existsSync(cacheDir)) await fill();
  const runs: FirstStep[] = [];
  for (let i = 0; i < RUNS; i++) runs.push(await train(`run-${Date.now()}`));
  console.log(`first step: ${summary(runs.map((run) => run.seconds))}`);
  const cpu = runs.flatMap((run) => run.cpuSeconds ?? []);
  if (cpu.length > 0) console.log(`processor time until then: ${summary(cpu)}`);
} finally {
  if (folder === undefined) rmSync(dir, { recursive: true });
}

/** Files, weights, configuration, and a store that holds every image's features. */
async function fill(): Promise<void> {
  mkdirSync(data, { recursive: true });
  const images = makeEmptyM4d(data);
  const backboneDir = join(dir, `backbone-${width}`);
  await writeTinyBackbone(backboneDir, SIDE, width);
  const text = `MODEL:
  cloud_upload: False
  BACKBONE: { type: dinov2, network_arch: tiny, model_name: "local-dir:${backboneDir}", output_dim: ${width} }
  HEAD: { name: ArcFace, k: 3, s: 30.0, m: 0.3 }
DATASET: { names: ["m4d-35k"] }
DATALOADER: { batch_size: 128 }
TRANSFORM: { name: openai-clip, size: ${SIDE} }
TRAIN: { epochs: 1, save_epoch: [1] }
`;
  writeFileSync(configFile, text);
  const { config } = parseConfig(text, configFile);
  if (!config) throw new Error('the configuration of this benchmark is wrong');
  const backbone = await openBackbone(config, { cacheDir });
  const dataset = await loadDatasets(config.DATASET.names, data, { seed: config.SEED, cacheDir });
  const options = { device: 'auto', skipBadImages: false, cacheDir };
  const request = {
    ...storeRequest(config, backbone, options),
    images: dataset,
    transform: { name: 'openai-clip', size: SIDE },
    views: 1,
  } as const;
  const key = await storeKey(request, false, cacheDir);
  const store = join(cacheDir, 'features', keyName(key));
  mkdirSync(store, { recursive: true });
  writeFileSync(join(store, 'key.json'), JSON.stringify(key));
  const { keys } = await readImageKeys(dataset, () => {}, undefined);
  const writer = new ShardWriter(store, 0, width, 'float32');
  const features = Float32Array.from({ length: width }, (_, i) => Math.sin(i));
  for (let i = 0; i < keys.length; i++) {
    features[i % width] = Math.cos(i);
    await writer.add(0, keys.get(i), features);
  }
  await writer.finish();
  console.log(`${images.toLocaleString('en')} images, ${formatBytes(images * width * 4)} of features`);
}

interface FirstStep {
  /** From the start of the process. */
  readonly seconds: number;
  /** Of all its threads; only Linux tells. */
  readonly cpuSeconds: number | undefined;
}

/** Starts a run, prints the seconds from the start of the process to each stage, and ends it after the first step. */
function train(name: string): Promise<FirstStep> {
  const started = performance.now();
  const paths = ['--output-dir', join(dir, 'results'), '--cache-dir', cacheDir];
  const args = [distFile('cli.mjs'), 'train', configFile, data, '--name', name, ...paths, '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const stages: string[] = [];
  const seen = new Set<string>();
  let first: FirstStep | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { type } = JSON.parse(line) as { type: string };
    if (seen.has(type)) return;
    seen.add(type);
    const seconds = (performance.now() - started) / 1000;
    stages.push(`${type} ${seconds.toFixed(2)} s`);
    if (type !== 'step') return;
    first = { seconds, cpuSeconds: cpuSecondsOf(child.pid!) };
    child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) =>
    child.once('close', () => {
      console.log(stages.join(', '));
      if (first) resolve(first);
      else reject(new Error('the run ended before its first step'));
    }),
  );
}

function cpuSecondsOf(pid: number): number | undefined {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  const fields = readFileSync(file, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}

function summary(seconds: readonly number[]): string {
  const sorted = [...seconds].sort((a, b) => a - b);
  return `least ${sorted[0]!.toFixed(2)} s, median ${sorted[sorted.length >> 1]!.toFixed(2)} s`;
}
