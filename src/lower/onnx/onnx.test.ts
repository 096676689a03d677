import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSafetensors, writeSafetensors } from '../../formats/safetensors.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import type { Graph, Node } from '../../graph/ops.ts';
import { randomWeights } from '../../graph/random-weights.ts';
import { runReference } from '../reference/interpreter.ts';
import { lowerToOnnx, weightsFolder } from './lower.ts';
import { createSession } from './session.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mdfe-onnx-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** An image of 6 x 6 pixels through the ops that `make` adds. */
function graphOf(make: (g: GraphBuilder, pixels: Node) => Node): Graph {
  const g = new GraphBuilder();
  return g.finish(make(g, g.input('pixels', ['N', 3, 6, 6])));
}
const linear = graphOf((g, x) => {
  const flat = g.reshape(x, ['N', 108]);
  return g.linear(flat, g.weight('w', [5, 108]), g.weight('b', [5]));
});
const pixels = (n: number) => Float32Array.from({ length: n * 108 }, (_, i) => Math.sin(i));

async function run(graph: Graph, dtype: 'F32' | 'F16' | 'BF16', n: number, portable = false) {
  const path = join(folder, `${dtype}.safetensors`);
  await writeSafetensors(path, randomWeights(graph, 3, dtype));
  const file = await openSafetensors(path);
  const session = await createSession(lowerToOnnx(graph, file, { portable }), weightsFolder(file), {
    threads: 1,
  });
  const output = await session.run(pixels(n), [n, 3, 6, 6]);
  await session.dispose();
  return output;
}

function reference(graph: Graph, n: number): Float32Array {
  const weights = new Map(
    [...randomWeights(graph, 3)].map(([name, { shape, data }]) => [name, { shape, data: data() }]),
  );
  return runReference(graph, weights, { pixels: { shape: [n, 3, 6, 6], data: pixels(n) } }).data;
}

const close = (a: Float32Array, b: Float32Array, tolerance: number) => {
  expect(a.length).toBe(b.length);
  a.forEach((x, i) => {
    expect(Math.abs(x - b[i]!)).toBeLessThan(tolerance);
  });
};

describe('lowerToOnnx', () => {
  it.each([
    ['F32', 1e-6],
    ['F16', 2e-4],
    ['BF16', 2e-3],
  ] as const)('reads %s weights where they lie, for any batch', async (dtype, tolerance) => {
    for (const n of [1, 3]) close(await run(linear, dtype, n), reference(linear, n), tolerance);
  });

  const ops: Readonly<Record<string, (g: GraphBuilder, x: Node) => Node>> = {
    'activations and scale': (g, image) => {
      const x = g.mul(image, g.weight('w', [6]));
      const parts = [g.gelu(x), g.geluTanh(x), g.quickGelu(x), g.silu(x), g.softmax(x), g.scale(x, -2)];
      return g.concat(parts, 1);
    },
    'depthwise convolution': (g, x) =>
      g.conv2d(x, g.weight('w', [3, 1, 3, 3]), g.weight('b', [3]), { padding: 1, groups: 3 }),
    'attention with a bias over windows': (g, x) => {
      const tokens = g.reshape(x, ['N', 3, 9, 4]);
      const bias = g.matMul(g.reshape(x, ['N', 3, 2, 9, 2]), g.weight('w', [2, 9]));
      return g.attention(tokens, g.scale(tokens, 0.5), tokens, 2, bias);
    },
    'expanded, padded, sliced, averaged': (g, x) => {
      const token = g.expandBatch(g.weight('token', [1, 3, 1, 6]));
      return g.mean(g.slice(g.padEnd(g.concat([token, x], 2), 3, 2), 2, 1, 6), 3);
    },
    'rows of a weight beside the whole of it': (g, x) => {
      const [w, b] = [g.weight('w', [5, 6]), g.weight('b', [5])];
      return g.concat([g.linear(x, g.slice(w, 0, 1, 4), g.slice(b, 0, 1, 4)), g.linear(x, w, b)], 3);
    },
    'norm, broadcast products': (g, x) => {
      const normed = g.layerNorm(x, g.weight('w', [6]), g.weight('b', [6]), 1e-5);
      return g.mul(g.add(normed, g.weight('row', [6, 1])), g.transpose(x, [0, 1, 3, 2]));
    },
  };
  it.each(Object.keys(ops))('agrees with the reference: %s', async (name) => {
    const graph = graphOf(ops[name]!);
    for (const portable of [false, true])
      close(await run(graph, 'F32', 2, portable), reference(graph, 2), 1e-5);
  });

  it('explains a weight file that is gone', async () => {
    const path = join(folder, 'gone.safetensors');
    await writeSafetensors(path, randomWeights(linear, 3));
    const file = await openSafetensors(path);
    await rm(path);
    await expect(createSession(lowerToOnnx(linear, file), folder)).rejects.toThrow(
      /could not load the network/,
    );
  });
});
