import type { TensorFile } from '../../formats/safetensors.ts';
import { readTensor, type TensorToWrite } from '../../formats/safetensors.ts';
import type { Graph } from '../../graph/ops.ts';
import { type UsedParameter, usedParameters } from './parameters.ts';

/** Counts up with every change of what `int8Weights` writes. */
export const INT8_VERSION = 2;

/** Largest magnitude: -128 is left out, so that a weight and its negative have the same one. */
const LARGEST = 127;

/** Under which the scales of an 8-bit matrix are stored. */
export const scalesName = (key: string): string => `${key}.int8_scale`;

/**
 * All weights of a network for `writeSafetensors`: matrices of linear layers (whole tensors or rows of one, under the
 * parameter's key) as int8 [in, out] with a float32 scale for each output, the others as float32. Each is read,
 * converted and written before the next one is read.
 */
export function int8Weights(graph: Graph, weights: TensorFile): [string, TensorToWrite][] {
  const used = [...usedParameters(graph).values()];
  const others = new Set(used.flatMap(({ name, matrix }) => (matrix ? [] : [name])));
  return [
    ...used
      .filter(({ key, matrix }) => matrix && !others.has(key))
      .flatMap((parameter) => int8Matrix(parameter, weights)),
    ...[...others].map((name): [string, TensorToWrite] => {
      const shape = graph.weights.get(name)!.shape as readonly number[];
      return [name, { shape, data: () => readTensor(weights, name) }];
    }),
  ];
}

function int8Matrix(
  { key, name, rows, shape }: UsedParameter,
  weights: TensorFile,
): [string, TensorToWrite][] {
  const [outputs, inputs] = shape as [number, number];
  const read = async () => {
    const tensor = await readTensor(weights, name);
    return rows ? tensor.subarray(rows.start * inputs, rows.end * inputs) : tensor;
  };
  return [
    [scalesName(key), { shape: [outputs], data: async () => outputScales(await read(), outputs, inputs) }],
    [
      key,
      {
        raw: 'I8',
        shape: [inputs, outputs],
        data: async () => new Uint8Array(quantise(await read(), outputs, inputs).buffer),
      },
    ],
  ];
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
