// The WebAssembly kernels: probe step, exact search, resize, half floats. See README.md beside this file.
//   npm run bench:kernels -- [step] [search] [resize] [float16] [--quick]      default: all four
import { availableParallelism, cpus } from 'node:os';
import { Rng } from '../../src/common/rng.ts';
import { resizeBicubic } from '../../src/data/image/resize.ts';
import * as plainHalf from '../../src/formats/float16.ts';
import { narrowToFloat16, widenFloat16 } from '../../src/kernels/float16.ts';
import { usesRelaxedSimd } from '../../src/kernels/module.ts';
import { searchTopK } from '../../src/kernels/search.ts';
import type { ProbeEngine, ProbeSpec } from '../../src/train/probe/engine.ts';
import { createKernelProbe } from '../../src/train/probe/kernels.ts';
import { inChild, inPython, type Measured, measure, number, peakMb, ratio, table } from './kernels-child.ts';

const WIDTH = 1152;
const DIM = 64;
const BATCH = 128;
const report = { name: 'bench', device: 'bench', rejected: [] };

function probeSpec(classes: number, k: number): ProbeSpec {
  return {
    width: WIDTH,
    embeddingDim: DIM,
    classes,
    classCounts: new Int32Array(classes).fill(9),
    neck: 'proj_layer',
    head: {
      name: 'ArcFace',
      k,
      s: 30,
      dynamic_s: true,
      m: 0.5,
      m_max: 0.5,
      m_min: 0.2,
      h: 0.333,
      t_alpha: 1,
    },
    optimizer: { name: 'Adam', momentum: 0.9, weightDecay: 1e-4 },
    batchSize: BATCH,
    seed: 1,
  };
}

/** Steps on random features that are gathered per batch, as training does. */
async function probeSteps(
  probe: ProbeEngine,
  classes: number,
  turns: number,
  warmUp: number,
): Promise<Measured> {
  const rng = new Rng(1, 'bench');
  const samples = 1024;
  const features = Float32Array.from({ length: samples * WIDTH }, () => rng.uniform(-1, 1));
  const batch = new Float32Array(BATCH * WIDTH);
  const measured = await measure(turns, warmUp, () => {
    const labels = new Int32Array(BATCH);
    for (let b = 0; b < BATCH; b++) {
      const i = rng.below(samples);
      labels[b] = (i * 7919) % classes;
      batch.set(features.subarray(i * WIDTH, (i + 1) * WIDTH), b * WIDTH);
    }
    return probe.step({ features: batch, labels, learningRate: 1e-3 });
  });
  await probe.dispose();
  return { ...measured, mb: peakMb() - features.byteLength / 2 ** 20 };
}

const NQ = 5000;
const N = 200_000;
const K = 5;

function vectors(n: number, seed: number): Float32Array {
  const rng = new Rng(seed, 'vectors');
  return Float32Array.from({ length: n * DIM }, () => rng.uniform(-1, 1) + rng.uniform(-1, 1));
}

const [PHOTO_WIDTH, PHOTO_HEIGHT, SIDE] = [1024, 768, 224];
const HALVES = 2 ** 24;

function photo(): Uint8Array {
  const rng = new Rng(1, 'photo');
  return Uint8Array.from({ length: PHOTO_WIDTH * PHOTO_HEIGHT * 3 }, () => rng.below(256));
}

/** Each measurement, in a process of its own. */
const children: Record<string, (...args: number[]) => Promise<Measured>> = {
  kernels: async (classes, k, threads, turns) =>
    probeSteps(
      await createKernelProbe(probeSpec(classes!, k!), report, { threads }),
      classes!,
      turns!,
      Math.ceil(turns! / 2),
    ),
  tfjs: async (classes, k, turns) => {
    // Loaded here only: it would count as the kernels' memory.
    const { startWasm } = await import('../../src/engine/tfjs-wasm.ts');
    const { createTfjsProbe } = await import('../../src/train/probe/tfjs.ts');
    await startWasm();
    return probeSteps(await createTfjsProbe(probeSpec(classes!, k!), report), classes!, turns!, 1);
  },
  search: async (threads, turns) => {
    const [queries, index] = [vectors(NQ, 1), vectors(N, 2)];
    const before = peakMb();
    const measured = await measure(turns!, 1, () =>
      searchTopK({ queries, index, dim: DIM, k: K, metric: 'euclidean', threads }),
    );
    return { ...measured, mb: peakMb() - before };
  },
  resize: async (turns) => {
    const rgb = photo();
    const width = Math.floor((SIDE * PHOTO_WIDTH) / PHOTO_HEIGHT);
    const crop = { x: Math.round((width - SIDE) / 2), y: 0, width: SIDE, height: SIDE };
    return measure(turns!, 20, () => resizeBicubic(rgb, PHOTO_WIDTH, PHOTO_HEIGHT, width, SIDE, crop));
  },
  sharp: async (turns) => {
    const { default: sharp } = await import('sharp');
    sharp.concurrency(1);
    const raw = { width: PHOTO_WIDTH, height: PHOTO_HEIGHT, channels: 3 } as const;
    const rgb = photo();
    return measure(turns!, 5, () =>
      sharp(rgb, { raw }).resize(SIDE, SIDE, { fit: 'cover', kernel: 'cubic' }).raw().toBuffer(),
    );
  },
  narrow: async (turns) => {
    const floats = new Float32Array(HALVES).fill(0.37);
    const halves = new Uint16Array(HALVES);
    return measure(turns!, 2, () => narrowToFloat16(floats, halves));
  },
  widen: async (turns) => {
    const floats = new Float32Array(HALVES);
    const halves = new Uint16Array(HALVES).fill(0x3555);
    return measure(turns!, 2, () => widenFloat16(halves, floats));
  },
  narrowPlain: async (turns) => {
    const floats = new Float32Array(HALVES).fill(0.37);
    const halves = new Uint16Array(HALVES);
    return measure(turns!, 2, () => plainHalf.narrowToFloat16(floats, halves));
  },
  widenPlain: async (turns) => {
    const floats = new Float32Array(HALVES);
    const halves = new Uint16Array(HALVES).fill(0x3555);
    return measure(turns!, 2, () => plainHalf.widenFloat16(halves, floats));
  },
};

const all = availableParallelism();
const threadCounts = [...new Set([1, 2, all])].filter((n) => n <= Math.max(2, all)).sort((a, b) => a - b);

const sections: Record<string, (quick: boolean) => void> = {
  step(quick) {
    const rows = [
      ['classes x k, threads', 'ms', 'MB', 'torch ms', 'MB', 'ratio', 'tfjs wasm ms', 'MB', 'ratio'],
    ];
    for (const classes of quick ? [1000, 34_800] : [1000, 10_000, 34_800])
      for (const k of [1, 3]) {
        const turns = classes > 20_000 ? (quick ? 10 : 40) : 60;
        const tfjs = inChild('tfjs', [classes, k, classes > 5000 ? 2 : 8]);
        for (const threads of threadCounts) {
          const ours = inChild('kernels', [classes, k, threads, turns]);
          const torch = inPython('step', [classes, k, threads, turns]);
          rows.push([
            `${classes} x ${k}, ${threads}`,
            ...[number(ours.ms), number(ours.mb, 0)],
            ...[number(torch?.ms), number(torch?.mb, 0), ratio(ours.ms, torch?.ms)],
            ...[number(tfjs.ms), number(tfjs.mb, 0), ratio(ours.ms, tfjs.ms)],
          ]);
        }
      }
    console.log(`\nProbe step: batch ${BATCH}, ${WIDTH} -> ${DIM}, ArcFace, Adam\n${table(rows)}`);
  },
  search(quick) {
    const turns = quick ? 1 : 5;
    const names = ['torch', 'faiss', 'numpy'];
    const head = names.flatMap((name) => [`${name} ms`, 'ratio', 'CPU ratio']);
    const rows = [['threads', 'ms', 'CPU ms', 'MB', ...head]];
    for (const threads of threadCounts) {
      const ours = inChild('search', [threads, turns]);
      const others = names.map((name) => inPython(`${name}_search`, [threads, turns]));
      rows.push([
        `${threads}`,
        ...[number(ours.ms, 0), number(ours.cpuMs, 0), number(ours.mb, 0)],
        ...others.flatMap((other) => [
          number(other?.ms, 0),
          ratio(ours.ms, other?.ms),
          ratio(ours.cpuMs!, other?.cpuMs),
        ]),
      ]);
    }
    console.log(`\nExact search: ${NQ} x ${N} x ${DIM}, top ${K} (MB: beside the vectors)\n${table(rows)}`);
  },
  resize(quick) {
    const turns = quick ? 20 : 100;
    const ours = inChild('resize', [turns]);
    const others = { 'sharp (other result)': inChild('sharp', [turns]), Pillow: inPython('resize', [turns]) };
    const rows = [['', 'CPU ms', 'images per CPU second', 'kernel / this']];
    for (const [name, measured] of Object.entries({ kernel: ours, ...others })) {
      const cpuMs = measured?.cpuMs;
      rows.push([name, number(cpuMs, 2), number(cpuMs && 1000 / cpuMs, 0), ratio(ours.cpuMs!, cpuMs)]);
    }
    console.log(`\nResize ${PHOTO_WIDTH}x${PHOTO_HEIGHT} to ${SIDE}, bicubic, antialiased\n${table(rows)}`);
  },
  float16(quick) {
    const turns = quick ? 5 : 20;
    const rows = [['', 'kernel CPU ms', 'GB/s', 'plain loop CPU ms', 'ratio', 'numpy CPU ms', 'ratio']];
    for (const name of ['narrow', 'widen']) {
      const ours = inChild(name, [turns]);
      const plain = inChild(`${name}Plain`, [turns]);
      const numpy = inPython(name, [turns]);
      rows.push([
        name === 'narrow' ? 'float32 -> float16' : 'float16 -> float32',
        ...[number(ours.cpuMs), number((HALVES * 6) / ours.cpuMs! / 1e6)],
        ...[number(plain.cpuMs), ratio(ours.cpuMs!, plain.cpuMs)],
        ...[number(numpy?.cpuMs), ratio(ours.cpuMs!, numpy?.cpuMs)],
      ]);
    }
    console.log(`\n${HALVES / 2 ** 20} Mi numbers (GB/s: read and written)\n${table(rows)}`);
  },
};

const [mode, ...rest] = process.argv.slice(2);
if (mode === 'child') console.log(JSON.stringify(await children[rest[0]!]!(...rest.slice(1).map(Number))));
else {
  const words = process.argv.slice(2);
  const asked = words.filter((word) => word in sections);
  const simd = usesRelaxedSimd('probe') ? 'relaxed SIMD' : 'SIMD';
  console.log(`${cpus()[0]?.model}, ${all} threads, Node ${process.version}, ${simd}`);
  if (!process.env.MDFE_PYTHON) console.log('MDFE_PYTHON is not set: no torch, numpy, Pillow beside ours');
  for (const [name, run] of Object.entries(sections))
    if (asked.length === 0 || asked.includes(name)) run(words.includes('--quick'));
}
