import { describe, expect, it } from 'vitest';
import type { TensorEntry, TensorFile } from '../src/formats/safetensors.ts';
import type { Graph } from '../src/graph/ops.ts';
import { lowerToOnnx, weightsFolder } from '../src/lower/onnx/lower.ts';
import { buildBackbone } from '../src/models/build.ts';
import { allModels } from '../src/models/registry.ts';

/** A checkpoint as its header would describe it; nobody reads the numbers. */
function checkpointFor(graph: Graph): TensorFile {
  const tensors = new Map<string, TensorEntry>();
  let offset = 0;
  for (const [name, { shape }] of graph.weights) {
    const lengths = shape as readonly number[];
    const length = 4 * lengths.reduce((n, d) => n * d, 1);
    tensors.set(name, { dtype: 'F32', shape: lengths, path: '/weights/model.safetensors', offset, length });
    offset += length;
  }
  return { path: '/weights/model.safetensors', tensors, metadata: {} };
}

describe('every registered model', () => {
  it.each(allModels().map((model) => [model.name, model] as const))('%s becomes ONNX', (modelName, model) => {
    for (const projLayer of [false, true]) {
      const graph = buildBackbone({ type: model.type, modelName, projLayer });
      const file = checkpointFor(graph);
      const bytes = lowerToOnnx(graph, file);
      expect(weightsFolder(file)).toBe('/weights');
      expect(Buffer.from(bytes).includes('features')).toBe(true);
      // The weights stay outside; only SAM's selection matrices are large.
      expect(bytes.length).toBeLessThan(model.type === 'sam' ? 8e6 : 1.5e6);
    }
  });
});
