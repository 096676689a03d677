import { MdfeError } from '../common/errors.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph, Init, Node } from '../graph/ops.ts';
import { axisLength } from '../graph/shape.ts';

/** Names, shapes and, where known, number types of a checkpoint's tensors. */
export type PublishedTensors = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly dtype?: string }
>;

export interface NetOptions {
  /** Side of the square input, pixels. */
  readonly imageSize: number;
  /** Keep the published projection or classifier after the pooled features. */
  readonly projection: boolean;
  /** The checkpoint that will be loaded, where it is at hand: decides prefix and position grid. */
  readonly published?: PublishedTensors | undefined;
  /** Put before every weight's name. */
  readonly prefix?: string | undefined;
}

const ZEROS: Init = { kind: 'constant', value: 0 };
const ONES: Init = { kind: 'constant', value: 1 };
const NORMAL: Init = { kind: 'truncatedNormal', std: 0.02 };

/** A network in the making: the graph's builder, and layers that fetch their weights by published names. */
export class Net {
  readonly g = new GraphBuilder();
  readonly imageSize: number;
  readonly projection: boolean;
  /** Normalised pixels [N, 3, S, S]. */
  readonly pixels: Node;
  private readonly published: PublishedTensors | undefined;
  private readonly prefix: string;

  constructor(options: NetOptions) {
    this.imageSize = options.imageSize;
    this.projection = options.projection;
    this.published = options.published;
    this.prefix = options.prefix ?? '';
    this.pixels = this.g.input('pixels', ['N', 3, options.imageSize, options.imageSize]);
  }

  finish(output: Node): Graph {
    return this.g.finish(output);
  }

  parameter(name: string, shape: readonly number[], init: Init = NORMAL): Node {
    return this.g.weight(this.prefix + name, shape, init);
  }

  /** Shape in the checkpoint, where that is at hand. */
  publishedShape(name: string): readonly number[] | undefined {
    return this.published?.get(this.prefix + name)?.shape;
  }

  /** [..., I] -> [..., outputs] */
  linear(x: Node, name: string, outputs: number, { bias = true } = {}): Node {
    const weight = this.parameter(`${name}.weight`, [outputs, axisLength(x.shape, -1)]);
    return this.g.linear(x, weight, bias ? this.parameter(`${name}.bias`, [outputs], ZEROS) : undefined);
  }

  layerNorm(x: Node, name: string, epsilon: number): Node {
    const width = [axisLength(x.shape, -1)];
    const weight = this.parameter(`${name}.weight`, width, ONES);
    return this.g.layerNorm(x, weight, this.parameter(`${name}.bias`, width, ZEROS), epsilon);
  }

  /** Multiplies each channel of the last axis by a learnt factor (LayerScale, arXiv 2103.17239 eq. 2). */
  layerScale(x: Node, name: string, init: number): Node {
    const gamma = this.parameter(name, [axisLength(x.shape, -1)], { kind: 'constant', value: init });
    return this.g.mul(x, gamma);
  }

  conv2d(
    x: Node,
    name: string,
    outputs: number,
    kernel: number,
    { stride = 1, padding = 0, groups = 1, bias = true } = {},
  ): Node {
    const channels = axisLength(x.shape, 1) / groups;
    const weight = this.parameter(`${name}.weight`, [outputs, channels, kernel, kernel]);
    const added = bias ? this.parameter(`${name}.bias`, [outputs], ZEROS) : undefined;
    return this.g.conv2d(x, weight, added, { stride, padding, groups });
  }

  /** @param least side of one patch: what becomes one position of the last feature map, pixels */
  requireSize(least: number): void {
    if (this.imageSize >= least) return;
    throw new MdfeError({
      code: 'model/size-below-patch',
      what: 'the image size is smaller than one patch of this model',
      where: 'TRANSFORM.size',
      expected: `at least ${least}`,
      got: String(this.imageSize),
      todo: 'choose a larger size, or a model with smaller patches',
    });
  }

  /** Pixels -> [N, C, grid, grid]; what the patch size does not divide is left out at the right and bottom. */
  patches(name: string, width: number, patch: number, { bias = true } = {}): Node {
    this.requireSize(patch);
    return this.conv2d(this.pixels, name, width, patch, { stride: patch, bias });
  }

  /** [N, C, H, W] -> [N, H*W, C] */
  tokens(x: Node): Node {
    const [, channels, height, width] = x.shape as readonly ['N', number, number, number];
    return this.g.transpose(this.g.reshape(x, ['N', channels, height * width]), [0, 2, 1]);
  }

  /** [N, T, C] -> the three thirds of the last axis. */
  thirds(x: Node): [Node, Node, Node] {
    const axis = x.shape.length - 1;
    const width = axisLength(x.shape, axis) / 3;
    const third = (i: number) => this.g.slice(x, axis, i * width, (i + 1) * width);
    return [third(0), third(1), third(2)];
  }

  /** Token i of [N, T, C] -> [N, C] */
  token(x: Node, i: number): Node {
    return this.g.reshape(this.g.slice(x, 1, i, i + 1), ['N', axisLength(x.shape, 2)]);
  }
}

export type Activation = 'gelu' | 'gelu_tanh' | 'quick_gelu' | 'silu';

/** The functions by the names that model arguments use. */
export function activate(net: Net, x: Node, activation: Activation): Node {
  const functions: { readonly [A in Activation]: (x: Node) => Node } = {
    gelu: net.g.gelu,
    gelu_tanh: net.g.geluTanh,
    quick_gelu: net.g.quickGelu,
    silu: net.g.silu,
  };
  return functions[activation](x);
}

/** Linear, activation, linear: [..., C] -> [..., C] */
export function mlp(
  net: Net,
  x: Node,
  names: readonly [string, string],
  hidden: number,
  activation: Activation,
) {
  const width = axisLength(x.shape, -1);
  return net.linear(activate(net, net.linear(x, names[0], hidden), activation), names[1], width);
}
