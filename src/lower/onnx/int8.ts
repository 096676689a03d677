import type { TensorFile } from '../../formats/safetensors.ts';
import { readTensor, type TensorToWrite } from '../../formats/safetensors.ts';
import type { Graph } from '../../graph/ops.ts';

/** Counts up with every change of what `int8Weights` writes. */
export const INT8_VERSION = 1;

/** Largest magnitude: -128 is left out, so that a weight and its negative have the same one. */
const LARGEST = 127;

/** Under which the scales of an 8-bit weight are stored. */
export const scalesName = (weight: string): string => `${weight}.int8_scale`;

/**
 * All weights of a network for `writeSafetensors`: matrices of linear layers as int8 [in, out] with a float32 scale for
 * each output, the others as float32. Each is read, converted and written before the next one is read.
 */
export function int8Weights(graph: Graph, weights: TensorFile): [string, TensorToWrite][] {
  const matrices = linearMatrices(graph);
  return [...graph.weights].flatMap(([name, node]): [string, TensorToWrite][] => {
    const shape = node.shape as readonly number[];
    const read = () => readTensor(weights, name);
    if (!matrices.has(name)) return [[name, { shape, data: read }]];
    const [outputs, inputs] = shape as [number, number];
    return [
      [scalesName(name), { shape: [outputs], data: async () => outputScales(await read(), outputs, inputs) }],
      [
        name,
        {
          raw: 'I8',
          shape: [inputs, outputs],
          data: async () => new Uint8Array(quantise(await read(), outputs, inputs).buffer),
        },
      ],
    ];
  });
}

/** Weights that are matrices of linear layers and nothing else. */
function linearMatrices(graph: Graph): Set<string> {
  const matrices = new Set<string>();
  const others = new Set<string>();
  for (const { kind, inputs } of graph.nodes)
    inputs.forEach((input, i) => {
      if (input?.kind === 'weight')
        (kind === 'linear' && i === 1 ? matrices : others).add(input.attributes.name);
    });
  for (const name of others) matrices.delete(name);
  return matrices;
}

/** Per output: largest magnitude / 127; an output of zeros has 1. */
function outputScales(matrix: Float32Array, outputs: number, inputs: number): Float32Array {
  return Float32Array.from({ length: outputs }, (_, o) => {
    let largest = 0;
    for (let i = o * inputs; i < (o + 1) * inputs; i++) largest = Math.max(largest, Math.abs(matrix[i]!));
    return largest / LARGEST || 1;
  });
}

/** [out, in] -> round(value / scale of the output), [in, out] */
function quantise(matrix: Float32Array, outputs: number, inputs: number): Int8Array {
  const scales = outputScales(matrix, outputs, inputs);
  const result = new Int8Array(matrix.length);
  for (let o = 0; o < outputs; o++) {
    const factor = 1 / scales[o]!;
    for (let i = 0; i < inputs; i++) result[i * outputs + o] = Math.round(matrix[o * inputs + i]! * factor);
  }
  return result;
}
