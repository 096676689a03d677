import { internalError } from '../common/errors.ts';
import { checkShape, inferShape } from './infer.ts';
import type { Graph, Init, Node, NodeOf, OpKind, OpSpecs } from './ops.ts';
import { axisLength, elementsPerImage, type Shape, sameShape, shapeText } from './shape.ts';

const INIT_WEIGHT: Init = { kind: 'truncatedNormal', std: 0.02 };

/** Makes a graph node by node; every method checks shapes and returns the new node. */
export class GraphBuilder {
  private readonly nodes: Node[] = [];
  private readonly inputs = new Map<string, NodeOf<'input'>>();
  private readonly weights = new Map<string, NodeOf<'weight'>>();
  private readonly constants = new Map<string, NodeOf<'constant'>>();

  /** Goes on where a finished graph ends; that graph stays as it is. */
  static extending(graph: Graph): GraphBuilder {
    const builder = new GraphBuilder();
    builder.nodes.push(...graph.nodes);
    for (const input of graph.inputs) builder.inputs.set(input.attributes.name, input);
    for (const [name, weight] of graph.weights) builder.weights.set(name, weight);
    for (const node of graph.nodes)
      if (node.kind === 'constant') builder.constants.set(node.attributes.name, node);
    return builder;
  }

  finish(output: Node): Graph {
    return { nodes: this.nodes, inputs: [...this.inputs.values()], weights: this.weights, output };
  }

  input(name: string, shape: Shape): NodeOf<'input'> {
    if (this.inputs.has(name)) throw internalError(`input ${name} is defined twice`);
    const node = this.leaf('input', shape, { name });
    this.inputs.set(name, node);
    return node;
  }

  /** The published tensor of that name; asking again gives the same node. */
  weight(name: string, shape: readonly number[], init = INIT_WEIGHT): NodeOf<'weight'> {
    const known = this.weights.get(name);
    if (known) {
      if (!sameShape(known.shape, shape))
        throw internalError(`weight ${name} is ${shapeText(known.shape)} and ${shapeText(shape)}`);
      return known;
    }
    const node = this.leaf('weight', shape, { name, init });
    this.weights.set(name, node);
    return node;
  }

  /** Numbers under a name that says what they are; asking again for the name gives the same node. */
  constant(name: string, shape: readonly number[], make: () => Float32Array): NodeOf<'constant'> {
    const known = this.constants.get(name);
    if (known) {
      if (!sameShape(known.shape, shape)) throw internalError(`constant ${name} has two shapes`);
      return known;
    }
    const data = make();
    if (data.length !== elementsPerImage(shape))
      throw internalError(`constant ${name} has ${data.length} numbers, not ${shapeText(shape)}`);
    const node = this.leaf('constant', shape, { name, data });
    this.constants.set(name, node);
    return node;
  }

  expandBatch = (x: Node) => this.append('expandBatch', [x], {});
  conv2d = (
    x: Node,
    weight: Node,
    bias: Node | undefined,
    { stride = 1, padding = 0, groups = 1 }: { stride?: number; padding?: number; groups?: number },
  ) => this.append('conv2d', bias ? [x, weight, bias] : [x, weight], { stride, padding, groups });
  linear = (x: Node, weight: Node, bias?: Node) =>
    this.append('linear', bias ? [x, weight, bias] : [x, weight], {});
  matMul = (a: Node, b: Node) => this.append('matMul', [a, b], {});
  attention = (q: Node, k: Node, v: Node, heads: number, bias?: Node) =>
    this.append('attention', bias ? [q, k, v, bias] : [q, k, v], { heads });
  layerNorm = (x: Node, weight: Node, bias: Node, epsilon: number) =>
    this.append('layerNorm', [x, weight, bias], { epsilon });
  softmax = (x: Node) => this.append('softmax', [x], {});
  mean = (x: Node, axis: number) => this.append('mean', [x], { axis });
  add = (a: Node, b: Node) => this.append('add', [a, b], {});
  mul = (a: Node, b: Node) => this.append('mul', [a, b], {});
  scale = (x: Node, factor: number) => this.append('scale', [x], { factor });
  gelu = (x: Node) => this.append('gelu', [x], {});
  geluTanh = (x: Node) => this.append('geluTanh', [x], {});
  quickGelu = (x: Node) => this.append('quickGelu', [x], {});
  silu = (x: Node) => this.append('silu', [x], {});
  reshape = (x: Node, shape: Shape) => this.append('reshape', [x], { shape });
  transpose = (x: Node, axes: readonly number[]) => this.append('transpose', [x], { axes });
  concat = (inputs: readonly Node[], axis: number) => this.append('concat', inputs, { axis });
  slice = (x: Node, axis: number, start: number, end: number) =>
    this.append('slice', [x], { axis, start, end });
  padEnd = (x: Node, axis: number, count: number) => this.append('padEnd', [x], { axis, count });

  /** The same node in this graph, on these inputs. */
  like(node: Node, inputs: readonly Node[]): Node {
    const { kind, attributes } = node;
    if (kind === 'input') return this.input(attributes.name, node.shape);
    if (kind === 'weight') return this.weight(attributes.name, lengths(node.shape), attributes.init);
    if (kind === 'constant')
      return this.constant(attributes.name, lengths(node.shape), () => attributes.data);
    return this.append(kind, inputs as typeof node.inputs, attributes) as Node;
  }

  private leaf<K extends 'input' | 'weight' | 'constant'>(
    kind: K,
    shape: Shape,
    attributes: OpSpecs[K]['attributes'],
  ): NodeOf<K> {
    checkShape(kind, shape);
    return this.push({ kind, id: this.nodes.length, shape, inputs: [] as OpSpecs[K]['inputs'], attributes });
  }

  private append<K extends Exclude<OpKind, 'input' | 'weight' | 'constant'>>(
    kind: K,
    inputs: OpSpecs[K]['inputs'],
    attributes: OpSpecs[K]['attributes'],
  ): NodeOf<K> {
    const shape = inferShape(kind, inputs, attributes);
    return this.push({ kind, id: this.nodes.length, shape, inputs, attributes });
  }

  private push<K extends OpKind>(node: NodeOf<K>): NodeOf<K> {
    this.nodes.push(Object.freeze(node) as Node);
    return node;
  }
}

const lengths = (shape: Shape): number[] => shape.map((_, axis) => axisLength(shape, axis));
