import { internalError } from '../../common/errors.ts';
import {
  type AttributeValue,
  DATA_TYPE,
  type DataType,
  type NodeProto,
  type TensorProto,
} from '../../formats/onnx/model.ts';

/** How a published tensor gets into the model. */
export interface WeightSource {
  /** Undefined where the caller writes it into the file after the graph. */
  readonly initializer: TensorProto | undefined;
  /** Whether it is stored in another type than float32. */
  readonly cast: boolean;
}

/** Collects the operators and initializers of one model while the rules run. */
export class OnnxWriter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly domains: Record<string, number> = {};
  /** Standard operators only, for other runtimes; else ONNX Runtime's fused ones too. */
  readonly portable: boolean;

  private readonly names = new Map<number, string>();
  private readonly intNames = new Map<string, string>();
  private readonly source: (name: string) => WeightSource;
  private readonly batchInput: string;
  private batchName: string | undefined;
  private count = 0;

  constructor(source: (name: string) => WeightSource, batchInput: string, portable: boolean) {
    this.source = source;
    this.batchInput = batchInput;
    this.portable = portable;
  }

  define(node: { readonly id: number }, name: string): void {
    this.names.set(node.id, name);
  }

  name(node: { readonly id: number }): string {
    const name = this.names.get(node.id);
    if (name === undefined) throw internalError(`node %${node.id} is not lowered yet`);
    return name;
  }

  /** Appends an operator with one result; returns the result's name. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    domain = '',
  ): string {
    const output = this.fresh();
    if (domain) this.domains[domain] = 1;
    this.nodes.push({ op, domain, inputs, output, attributes });
    return output;
  }

  reshape(x: string, lengths: readonly number[]): string {
    return this.node('Reshape', [x, this.ints(lengths)]);
  }

  /** Gives a result one more name. */
  alias(from: string, to: string): void {
    this.nodes.push({ op: 'Identity', domain: '', inputs: [from], output: to, attributes: {} });
  }

  /** A published tensor as float32, cast where it is stored in another type. */
  weight(name: string): string {
    const { initializer, cast } = this.source(name);
    if (initializer) this.initializers.push(initializer);
    return cast ? this.node('Cast', [name], { to: { int: DATA_TYPE.float } }) : name;
  }

  float(data: Float32Array, shape: readonly number[]): string {
    return this.initializer(DATA_TYPE.float, shape, data);
  }

  initializer(type: DataType, shape: readonly number[], data: ArrayBufferView): string {
    const name = this.fresh();
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.initializers.push({ name, type, shape, data: bytes });
    return name;
  }

  ints(values: readonly number[]): string {
    const key = values.join();
    const known = this.intNames.get(key);
    if (known) return known;
    const name = this.initializer(DATA_TYPE.int64, [values.length], BigInt64Array.from(values, BigInt));
    this.intNames.set(key, name);
    return name;
  }

  /** The batch size at run time, as a list of one. */
  batch(): string {
    this.batchName ??= this.node('Shape', [this.batchInput], { start: { int: 0 }, end: { int: 1 } });
    return this.batchName;
  }

  private fresh(): string {
    return `t${this.count++}`;
  }
}
