import { ProtoWriter } from './protobuf.ts';

/** The part of ONNX's schema (onnx.proto3) that we write; numbers are its field numbers and enumerations. */
export const DATA_TYPE = {
  float: 1,
  uint8: 2,
  int8: 3,
  int64: 7,
  float16: 10,
  double: 11,
  bfloat16: 16,
} as const;
export type DataType = (typeof DATA_TYPE)[keyof typeof DATA_TYPE];

export interface TensorProto {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
  /** Little-endian bytes, or where they lie: a path relative to the model's folder, offset and length in bytes. */
  readonly data: Uint8Array | { readonly location: string; readonly offset: number; readonly length: number };
}

export type AttributeValue =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] };

export interface NodeProto {
  readonly op: string;
  readonly domain: string;
  /** An empty name leaves an optional input out. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** A tensor of the model's interface; text names an axis whose length is free. */
export interface ValueInfo {
  readonly name: string;
  /** Float if left out. */
  readonly type?: DataType;
  readonly shape: readonly (number | string)[];
}

export interface ModelProto {
  readonly opset: number;
  /** Version of each further operator domain. */
  readonly domains: Readonly<Record<string, number>>;
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/** IR version that came with opset 20 (ONNX 1.15). */
const IR_VERSION = 9;

export function encodeModel(model: ModelProto): Uint8Array {
  return encodeModelInParts(model, []).start;
}

/** A weight whose bytes are not in memory. */
export interface StreamedTensor {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
  /** Bytes of its data. */
  readonly length: number;
}

/**
 * A model whose large weights are written one by one: `start`, then for each weight its `headers` entry and its data,
 * little-endian.
 */
export function encodeModelInParts(
  model: ModelProto,
  weights: readonly StreamedTensor[],
): { readonly start: Uint8Array; readonly headers: readonly Uint8Array[] } {
  const graph = new ProtoWriter();
  model.nodes.forEach((node, i) => {
    graph.message(1, encodeNode(node, i));
  });
  graph.text(2, 'mdfe');
  for (const tensor of model.initializers) graph.message(5, encodeTensor(tensor));
  for (const value of model.inputs) graph.message(11, encodeValueInfo(value));
  for (const value of model.outputs) graph.message(12, encodeValueInfo(value));
  const headers = weights.map(encodeStreamedHeader);
  const streamed = weights.reduce((sum, { length }, i) => sum + length + headers[i]!.length, 0);
  const result = new ProtoWriter().int(1, IR_VERSION).text(2, 'mdfe');
  for (const [domain, version] of Object.entries({ '': model.opset, ...model.domains }))
    result.message(8, new ProtoWriter().text(1, domain).int(2, version));
  const graphBytes = graph.finish();
  const announced = result.announce(7, graphBytes.length + streamed).finish();
  return { start: Buffer.concat([announced, graphBytes]), headers };
}

/** An initializer of the graph up to its data. */
function encodeStreamedHeader({ name, type, shape, length }: StreamedTensor): Uint8Array {
  const tensor = new ProtoWriter().ints(1, shape).int(2, type).text(8, name).announce(9, length);
  const fields = tensor.finish();
  return Buffer.concat([new ProtoWriter().announce(5, fields.length + length).finish(), fields]);
}

function encodeNode(node: NodeProto, place: number): ProtoWriter {
  const writer = new ProtoWriter();
  for (const input of node.inputs) writer.text(1, input);
  writer.text(2, node.output).text(3, `${node.op}_${place}`).text(4, node.op);
  for (const [name, value] of Object.entries(node.attributes))
    writer.message(5, encodeAttribute(name, value));
  return writer.text(7, node.domain);
}

function encodeAttribute(name: string, value: AttributeValue): ProtoWriter {
  const writer = new ProtoWriter().text(1, name);
  if ('float' in value) return writer.float(2, value.float).int(20, 1);
  if ('int' in value) return writer.int(3, value.int).int(20, 2);
  if ('text' in value) return writer.text(4, value.text).int(20, 3);
  return writer.ints(8, value.ints).int(20, 7);
}

function encodeTensor({ name, type, shape, data }: TensorProto): ProtoWriter {
  const writer = new ProtoWriter().ints(1, shape).int(2, type).text(8, name);
  if (data instanceof Uint8Array) return writer.bytes(9, data);
  for (const [key, value] of Object.entries(data))
    writer.message(13, new ProtoWriter().text(1, key).text(2, String(value)));
  return writer.int(14, 1);
}

function encodeValueInfo({ name, type = DATA_TYPE.float, shape }: ValueInfo): ProtoWriter {
  const dims = new ProtoWriter();
  for (const d of shape)
    dims.message(1, typeof d === 'number' ? new ProtoWriter().int(1, d) : new ProtoWriter().text(2, d));
  const tensor = new ProtoWriter().int(1, type).message(2, dims);
  return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor));
}
