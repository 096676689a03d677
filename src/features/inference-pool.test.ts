import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSafetensors, writeSafetensors } from '../formats/safetensors.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { randomWeights } from '../graph/random-weights.ts';
import { frozenBackbone } from './backbone.ts';
import { InferencePool } from './inference-pool.ts';

const SIZE = 4;
const IMAGE = 3 * SIZE * SIZE;
const WIDTH = 2;
const CAPACITY = 3;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mdfe-pool-'));
});
afterEach(() => rm(folder, { recursive: true }));

it.each([false, true])('gives the features that were asked for (whole batches: %s)', async (compiled) => {
  const g = new GraphBuilder();
  const flat = g.reshape(g.input('pixels', ['N', 3, SIZE, SIZE]), ['N', IMAGE]);
  const graph = g.finish(g.linear(flat, g.weight('w', [WIDTH, IMAGE])));
  const path = join(folder, 'weights.safetensors');
  await writeSafetensors(path, randomWeights(graph, 1));
  const backbone = frozenBackbone(graph, await openSafetensors(path));
  const batch = new SharedArrayBuffer(4 * CAPACITY * IMAGE);
  new Float32Array(batch).set(Float32Array.from({ length: CAPACITY * IMAGE }, (_, i) => Math.sin(i)));
  const network = await backbone.load('fp32', folder, compiled);
  const setup = { ...network, providers: ['cpu'], threads: 1, prepack: false, compiled, batches: [batch] };
  const pool = new InferencePool({ ...setup, size: SIZE }, 1);
  try {
    const all = await pool.run({ batch: 0, count: CAPACITY });
    expect(all.length).toBe(CAPACITY * WIDTH);
    expect([...(await pool.run({ batch: 0, count: 2 }))]).toEqual([...all.subarray(0, 2 * WIDTH)]);
  } finally {
    await pool.close();
  }
});
