// Packaging a run of a large model (SigLIP SO400M, random weights, linear neck): MB/s and peak resident memory of
// writing the .pt and of the whole package, in float32 and with --half, each in a process of its own; beside them a
// plain copy of the weights file, synced as ours is: the speed of the disk.
//   npm run bench -- package [MODEL] [FOLDER] [RUNS]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatBytes } from '../../src/common/bytes.ts';
import { writeSafetensors } from '../../src/formats/safetensors.ts';
import { randomWeights } from '../../src/graph/random-weights.ts';
import { axisLength } from '../../src/graph/shape.ts';
import { buildBackbone } from '../../src/models/build.ts';
import { writePackage } from '../../src/package/bundle.ts';
import { modelOfRun } from '../../src/package/from-run.ts';
import { WRITE_MODEL } from '../../src/package/model-file.ts';
import { runFile } from '../../src/run/paths.ts';
import type { RunRecord } from '../../src/run/record.ts';
import { initialNeck } from '../../src/train/probe/initial.ts';

const EMBEDDING = 64;
const NAME = 'bench';
const CHECKPOINT = `checkpoints/${NAME}_epoch1.safetensors`;

interface Measured {
  readonly seconds: number;
  /** Processor seconds. */
  readonly cpu: number;
  /** Of the model file. */
  readonly bytes: number;
  /** Peak resident memory of the process. */
  readonly resident: number;
}

type What = 'model' | 'package' | 'copy';

const [first, ...rest] = process.argv.slice(2);
if (first === 'child') await child(rest as [What, 'F32' | 'F16', string]);
else await main(first, rest[0], Number(rest[1] ?? 3));

async function main(model = 'vit_so400m_patch14_siglip_384', folder = tmpdir(), runs = 3): Promise<void> {
  const dir = mkdtempSync(join(folder, 'mdfe-bench-package-'));
  try {
    const parameters = await makeRun(dir, model);
    console.log(
      `${model}, ${(parameters / 1e6).toFixed(0)}M parameters, ${formatBytes(4 * parameters)}; ` +
        `${cpus()[0]?.model}, ${availableParallelism()} threads; median of ${runs}`,
    );
    const measure = measurer(dir, runs);
    show('plain copy, synced', measure('copy', 'F32'));
    show('.pt, float32', measure('model', 'F32'));
    show('.pt, --half', measure('model', 'F16'), 2);
    show('whole package, float32', measure('package', 'F32'));
    show('whole package, --half', measure('package', 'F16'), 2);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** A run as `mdfe train` leaves it, as far as packaging reads it. @returns the backbone's parameters */
async function makeRun(dir: string, model: string): Promise<number> {
  const weights = join(dir, 'weights.safetensors');
  const graph = buildBackbone({ type: 'siglip', modelName: model, projLayer: false });
  await writeSafetensors(weights, randomWeights(graph, 1));
  const width = axisLength(graph.output.shape, 1);
  mkdirSync(join(dir, dirname(CHECKPOINT)));
  const neck = initialNeck({ neck: 'proj_layer', width, embeddingDim: EMBEDDING, seed: 1 });
  await writeSafetensors(join(dir, CHECKPOINT), neck);
  const config = `MODEL:\n  embedding_dim: ${EMBEDDING}\n  BACKBONE: { type: siglip, model_name: ${model}, output_dim: ${width} }\n`;
  for (const file of ['config', 'resolved'] as const) writeFileSync(runFile(dir, file), config);
  const record: Partial<RunRecord> = {
    version: 1,
    name: NAME,
    status: 'done',
    pid: 0,
    lastCheckpoint: CHECKPOINT,
    options: { device: 'cpu', shuffle: true, views: 0, skipBadImages: false, backboneWeights: weights },
  };
  writeFileSync(runFile(dir, 'record'), JSON.stringify(record));
  return statSync(weights).size / 4;
}

/** The median of so many processes. */
function measurer(dir: string, count: number): (what: What, dtype: 'F32' | 'F16') => Measured {
  const self = fileURLToPath(import.meta.url);
  return (what, dtype) => {
    const runs = Array.from({ length: count }, () => {
      const output = execFileSync(process.execPath, [self, 'child', what, dtype, dir], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      return JSON.parse(output.toString()) as Measured;
    });
    return runs.sort((x, y) => x.seconds - y.seconds)[count >> 1]!;
  };
}

/** @param read bytes read for each that is written */
function show(what: string, { seconds, cpu, bytes, resident }: Measured, read = 1): void {
  const speed = (n: number) => `${(n / seconds / 1e6).toFixed(0).padStart(5)} MB/s`;
  const source = read === 1 ? '' : ` (${speed(read * bytes).trim()} of float32 read)`;
  console.log(
    `${what.padEnd(24)} ${seconds.toFixed(2).padStart(6)} s  ${speed(bytes)} written${source}  ${cpu.toFixed(2)} CPU s  peak resident ${(resident / 1e6).toFixed(0)} MB`,
  );
}

async function child([what, dtype, dir]: [What, 'F32' | 'F16', string]): Promise<void> {
  const output = mkdtempSync(join(dir, 'output-'));
  const path = join(output, `${NAME}.pt`);
  if (what === 'copy') {
    const started = now();
    await copy(join(dir, 'weights.safetensors'), path);
    report(started, path);
  } else {
    const { model, name, configText } = await modelOfRun(dir, undefined, dtype);
    const started = now();
    if (what === 'model') {
      await WRITE_MODEL.pt(path, model);
      report(started, path);
    } else {
      const request = {
        model,
        name,
        configText,
        format: 'pt',
        dir: output,
        kaggleDir: output,
        force: false,
      } as const;
      report(started, (await writePackage(request)).model);
    }
  }
  rmSync(output, { recursive: true });
}

interface Moment {
  /** Milliseconds. */
  readonly time: number;
  readonly cpu: NodeJS.CpuUsage;
}

function now(): Moment {
  return { time: performance.now(), cpu: process.cpuUsage() };
}

function report(started: Moment, path: string): void {
  const { user, system } = process.cpuUsage(started.cpu);
  const measured: Measured = {
    seconds: (performance.now() - started.time) / 1000,
    cpu: (user + system) / 1e6,
    bytes: statSync(path).size,
    resident: process.resourceUsage().maxRSS * 1024,
  };
  console.log(JSON.stringify(measured));
}

async function copy(from: string, to: string): Promise<void> {
  const [source, target] = [await open(from), await open(to, 'wx')];
  const buffer = new Uint8Array(8 << 20);
  for (;;) {
    const { bytesRead } = await source.read(buffer);
    if (bytesRead === 0) break;
    await target.writeFile(buffer.subarray(0, bytesRead));
  }
  await target.sync();
  await Promise.all([source.close(), target.close()]);
}
