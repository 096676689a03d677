import { internalError } from '../../common/errors.ts';
import { DATA_TYPE, encodeModelInParts, type StreamedTensor } from '../../formats/onnx/model.ts';
import { applyRule, type Graph } from '../../graph/ops.ts';
import { axisLength } from '../../graph/shape.ts';
import type { Preprocessing } from '../preprocessing.ts';
import { OPSET } from './lower.ts';
import { preprocess } from './preprocess.ts';
import { RULES } from './rules.ts';
import { OnnxWriter } from './writer.ts';

/** Names of the model's interface: uint8 [N, 3, H, W] -> float [N, D]. */
export const IMAGE_MODEL = { input: 'image', output: 'embedding' } as const;

export interface ImageModel {
  readonly start: Uint8Array;
  /** After `start`: of each weight the header, then its data. */
  readonly weights: readonly { readonly name: string; readonly header: Uint8Array }[];
  /** Bytes of the whole file. */
  readonly size: number;
}

/** Bytes per number. */
const STORED = {
  F32: { type: DATA_TYPE.float, bytes: 4 },
  F16: { type: DATA_TYPE.float16, bytes: 2 },
} as const;

/**
 * A self-contained model of standard operators: raw pixels of any size in, what the graph gives out. Weights are
 * stored as `dtype` and computed with in float32.
 */
export function lowerImageModel(
  graph: Graph,
  dtype: keyof typeof STORED,
  preprocessing: Preprocessing,
): ImageModel {
  const input = graph.inputs[0];
  if (!input || graph.inputs.length !== 1) throw internalError('a packaged model has exactly one input');
  const { type, bytes } = STORED[dtype];
  const weights: StreamedTensor[] = [...graph.weights].map(([name, { shape }]) => {
    const lengths = shape.map((_, axis) => axisLength(shape, axis));
    return { name, type, shape: lengths, length: lengths.reduce((n, d) => n * d, bytes) };
  });
  const pixels = input.attributes.name;
  // The weights follow the graph in the file.
  const source = { initializer: undefined, type };
  const writer = new OnnxWriter(() => source, pixels, { portable: true, type: DATA_TYPE.float });
  writer.alias(preprocess(writer, IMAGE_MODEL.input, preprocessing), pixels);
  for (const node of graph.nodes) writer.define(node, applyRule(RULES, node, writer));
  writer.alias(writer.name(graph.output), IMAGE_MODEL.output);
  const { start, headers } = encodeModelInParts(
    {
      opset: OPSET,
      domains: writer.domains,
      nodes: writer.nodes,
      initializers: writer.initializers,
      inputs: [{ name: IMAGE_MODEL.input, type: DATA_TYPE.uint8, shape: ['N', 3, 'H', 'W'] }],
      outputs: [{ name: IMAGE_MODEL.output, shape: graph.output.shape }],
    },
    weights,
  );
  return {
    start,
    weights: weights.map(({ name }, i) => ({ name, header: headers[i]! })),
    size: weights.reduce((sum, { length }, i) => sum + headers[i]!.length + length, start.length),
  };
}
