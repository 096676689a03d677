import { basename, dirname } from 'node:path';
import { internalError, MdfeError } from '../../common/errors.ts';
import { DATA_TYPE, type DataType, encodeModel } from '../../formats/onnx/model.ts';
import type { Dtype, TensorEntry, TensorFile } from '../../formats/safetensors.ts';
import { applyRule, type Graph } from '../../graph/ops.ts';
import { scalesName } from './int8.ts';
import { type Parameter, usedParameters } from './parameters.ts';
import { RULES } from './rules.ts';
import { OnnxWriter, type WeightSource } from './writer.ts';

export interface OnnxOptions {
  /** Standard operators only, so that other runtimes can read the model. Slower in ONNX Runtime. */
  readonly portable?: boolean;
  /** Compute in half precision; input and output stay float32. */
  readonly half?: boolean;
}

/** What the model calls its result. */
export const OUTPUT_NAME = 'features';
export const OPSET = 20;

/**
 * An ONNX model whose weights stay where they are: external data pointing into the checkpoint's own file(s), which
 * `createSession` is given the folder of. All entries must lie in one folder. Matrices that `int8Weights` wrote are
 * multiplied as 8-bit numbers.
 */
export function lowerToOnnx(graph: Graph, weights: TensorFile, options: OnnxOptions = {}): Uint8Array {
  const input = graph.inputs[0];
  if (!input || graph.inputs.length !== 1) throw internalError('an ONNX model here has exactly one input');
  const source = (parameter: Parameter) => external(parameter, weights);
  const used = usedParameters(graph);
  const type = options.half ? DATA_TYPE.float16 : DATA_TYPE.float;
  const writer = new OnnxWriter(source, input.attributes.name, { portable: options.portable ?? false, type });
  for (const node of graph.nodes) {
    // A tensor of which only rows are read.
    if (node.kind === 'weight' && !used.has(node.attributes.name)) continue;
    writer.define(node, applyRule(RULES, node, writer));
  }
  const output = writer.name(graph.output);
  writer.alias(
    options.half ? writer.node('Cast', [output], { to: { int: DATA_TYPE.float } }) : output,
    OUTPUT_NAME,
  );
  return encodeModel({
    opset: OPSET,
    domains: writer.domains,
    nodes: writer.nodes,
    initializers: writer.initializers,
    inputs: [{ name: input.attributes.name, shape: input.shape }],
    outputs: [{ name: OUTPUT_NAME, shape: graph.output.shape }],
  });
}

/** Folder that the model's external data is relative to. */
export function weightsFolder(weights: TensorFile): string {
  const folders = new Set([...weights.tensors.values()].map((entry) => dirname(entry.path)));
  const [folder] = folders;
  if (folder === undefined || folders.size > 1)
    throw new MdfeError({
      code: 'weights/scattered',
      what: 'the checkpoint has no tensors, or its shards lie in different folders',
      where: weights.path,
      todo: 'put all shards into one folder',
    });
  return folder;
}

const TYPES: { readonly [D in Dtype]?: DataType } = {
  F32: DATA_TYPE.float,
  F16: DATA_TYPE.float16,
  BF16: DATA_TYPE.bfloat16,
  F64: DATA_TYPE.double,
  I8: DATA_TYPE.int8,
};

function external({ key, name, rows }: Parameter, weights: TensorFile): WeightSource {
  const own = weights.tensors.get(key);
  if (own?.dtype === 'I8')
    return {
      ...stored(key, own),
      scales: external({ key: scalesName(key), name: scalesName(key) }, weights).initializer,
    };
  const whole = weights.tensors.get(name);
  if (!whole) throw internalError(`${weights.path} holds no tensor ${name}`);
  return stored(key, rows ? rowsOf(whole, rows) : whole);
}

function stored(key: string, { dtype, shape, path, offset, length }: TensorEntry): WeightSource {
  const type = TYPES[dtype];
  if (type === undefined) throw internalError(`weight ${key} is stored as ${dtype}`);
  return {
    initializer: { name: key, type, shape, data: { location: basename(path), offset, length } },
    type,
  };
}

function rowsOf(whole: TensorEntry, { start, end }: { start: number; end: number }): TensorEntry {
  const perRow = whole.length / whole.shape[0]!;
  return {
    ...whole,
    shape: whole.shape.with(0, end - start),
    offset: whole.offset + start * perRow,
    length: (end - start) * perRow,
  };
}
