import { internalError } from '../../common/errors.ts';
import type { AttributeValue, NodeProto, TensorProto } from '../../formats/onnx/model.ts';

/** Collects the operators and initializers of one model while the rules run. */
export class OnnxWriter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly domains: Record<string, number> = {};
  /** Standard operators only, for other runtimes; else ONNX Runtime's fused ones too. */
  readonly portable: boolean;

  private readonly names = new Map<number, string>();
  private readonly intNames = new Map<string, string>();
  private readonly source: (name: string) => TensorProto | { readonly cast: TensorProto };
  private readonly batchInput: string;
  private batchName: string | undefined;
  private count = 0;

  constructor(
    source: (name: string) => TensorProto | { readonly cast: TensorProto },
    batchInput: string,
    portable: boolean,
  ) {
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

  /** A published tensor as float32, cast where it is stored in another type. */
  weight(name: string): string {
    const tensor = this.source(name);
    if (!('cast' in tensor)) {
      this.initializers.push(tensor);
      return name;
    }
    this.initializers.push(tensor.cast);
    return this.node('Cast', [name], { to: { int: 1 } });
  }

  float(data: Float32Array, shape: readonly number[]): string {
    const name = this.fresh();
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.initializers.push({ name, type: 1, shape, data: bytes });
    return name;
  }

  ints(values: readonly number[]): string {
    const key = values.join();
    const known = this.intNames.get(key);
    if (known) return known;
    const name = this.fresh();
    const data = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.initializers.push({ name, type: 7, shape: [values.length], data });
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
