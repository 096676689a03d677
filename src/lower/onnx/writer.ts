import {
  type AttributeValue,
  DATA_TYPE,
  type DataType,
  type NodeProto,
  type TensorProto,
} from '../../formats/onnx/model.ts';
import { NodeNames } from '../node-names.ts';
import type { Parameter } from './parameters.ts';

/** How a parameter gets into the model. */
export interface WeightSource {
  /** Undefined where the caller writes the published tensor into the file after the graph. */
  readonly initializer: TensorProto | undefined;
  readonly type: DataType;
  /** Of an 8-bit matrix (int8.ts): what each output is multiplied by. */
  readonly scales?: TensorProto | undefined;
}

export interface WriterOptions {
  /** Standard operators only, for other runtimes; else ONNX Runtime's fused ones too. */
  readonly portable: boolean;
  /** What values are computed in. */
  readonly type: typeof DATA_TYPE.float | typeof DATA_TYPE.float16;
}

/** Collects the operators and initializers of one model while the rules run. */
export class OnnxWriter extends NodeNames {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly domains: Record<string, number> = {};
  readonly portable: boolean;

  private readonly type: WriterOptions['type'];
  private readonly intNames = new Map<string, string>();
  private readonly source: (parameter: Parameter) => WeightSource;
  private readonly batchInput: string;
  private batchName: string | undefined;
  private count = 0;

  constructor(
    source: (parameter: Parameter) => WeightSource,
    batchInput: string,
    { portable, type }: WriterOptions,
  ) {
    super();
    this.source = source;
    this.batchInput = batchInput;
    this.portable = portable;
    this.type = type;
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

  /** What the caller gives (float32), in the type that is computed in. */
  input(name: string): string {
    return this.computed(name, DATA_TYPE.float);
  }

  /** A parameter in the type that is computed in; an 8-bit matrix as it is. */
  weight(parameter: Parameter): string {
    const { initializer, type, scales } = this.source(parameter);
    if (initializer) this.initializers.push(initializer);
    if (scales) this.initializers.push(scales);
    return scales ? parameter.key : this.computed(parameter.key, type);
  }

  /** The same for rows of a tensor; undefined where the caller writes the tensor, which has to be cut then. */
  rows(parameter: Parameter): string | undefined {
    return this.source(parameter).initializer && this.weight(parameter);
  }

  /** Name of an 8-bit matrix's scales; undefined where the parameter is not one. */
  scales(parameter: Parameter): string | undefined {
    return this.source(parameter).scales?.name;
  }

  float(data: Float32Array, shape: readonly number[]): string {
    return this.computed(this.initializer(DATA_TYPE.float, shape, data), DATA_TYPE.float);
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

  private computed(name: string, type: DataType): string {
    return type === this.type ? name : this.node('Cast', [name], { to: { int: this.type } });
  }

  private fresh(): string {
    return `t${this.count++}`;
  }
}
