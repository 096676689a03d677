import type { Graph, Node } from '../graph/ops.ts';
import { axisLength } from '../graph/shape.ts';
import { Args, type RawArgs } from './args.ts';
import { mlp, Net, type NetOptions } from './net.ts';

interface Trunk {
  readonly depths: readonly number[];
  readonly dims: readonly number[];
  readonly epsilon: number;
}

/** timm's ConvNeXt trunks (arXiv 2201.03545, section 3) that OpenCLIP uses. */
export const CONVNEXT_TRUNKS: Readonly<Record<string, Trunk>> = {
  convnext_base: { depths: [3, 3, 27, 3], dims: [128, 256, 512, 1024], epsilon: 1e-6 },
  convnext_large: { depths: [3, 3, 27, 3], dims: [192, 384, 768, 1536], epsilon: 1e-6 },
  convnext_xxlarge: { depths: [3, 4, 30, 3], dims: [384, 768, 1536, 3072], epsilon: 1e-5 },
};

function readStructure(raw: RawArgs) {
  const { trunk, ...top } = raw;
  const args = new Args(top);
  const named =
    CONVNEXT_TRUNKS[args.oneOf('timm_model_name', Object.keys(CONVNEXT_TRUNKS), 'convnext_base')]!;
  args.side('image_size', 224);
  args.oneOf('timm_pool', ['', 'avg'], '');
  const shape = new Args((trunk ?? {}) as RawArgs);
  const structure = {
    depths: shape.counts('depths', named.depths),
    dims: shape.counts('dims', named.dims),
    epsilon: shape.number('norm_eps', named.epsilon),
    outputs: args.count('embed_dim'),
    head: args.oneOf('timm_proj', ['', 'linear', 'mlp'], 'linear'),
  };
  args.finish();
  shape.finish();
  const { depths, dims } = structure;
  shape.require('depths', depths.length === dims.length, `as many stages as dims has, ${dims.length}`);
  return structure;
}

/** OpenCLIP's ConvNeXt tower: pixels -> pooled, normed features [N, width], or [N, embed_dim] with the head. */
export function buildConvNext(raw: RawArgs, options: NetOptions): Graph {
  const s = readStructure(raw);
  const net = new Net(options);
  net.requireSize(4 * 2 ** (s.dims.length - 1)); // the last stage's single position
  const norm = (x: Node, name: string) => channelNorm(net, x, name, s.epsilon);
  let x = norm(net.patches('trunk.stem.0', s.dims[0]!, 4), 'trunk.stem.1');
  s.dims.forEach((width, i) => {
    const stage = `trunk.stages.${i}`;
    if (i > 0) {
      const normed = norm(x, `${stage}.downsample.0`);
      x = net.conv2d(normed, `${stage}.downsample.1`, width, 2, { stride: 2 });
    }
    for (let j = 0; j < s.depths[i]!; j++) x = block(net, x, `${stage}.blocks.${j}`, s.epsilon);
  });
  const pooled = net.g.mean(net.tokens(x), 1); // [N, C]
  const features = net.layerNorm(pooled, 'trunk.head.norm', s.epsilon);
  return net.finish(net.projection ? head(net, features, s) : features);
}

const TO_LAST = [0, 2, 3, 1] as const;
const TO_FIRST = [0, 3, 1, 2] as const;

/** Layer norm over the channels of [N, C, H, W]. */
function channelNorm(net: Net, x: Node, name: string, epsilon: number): Node {
  return net.g.transpose(net.layerNorm(net.g.transpose(x, TO_LAST), name, epsilon), TO_FIRST);
}

/** Depthwise 7 x 7, norm, MLP over the channels, layer scale, residual (figure 4). */
function block(net: Net, x: Node, name: string, epsilon: number): Node {
  const width = axisLength(x.shape, 1);
  const mixed = net.conv2d(x, `${name}.conv_dw`, width, 7, { padding: 3, groups: width });
  const normed = net.layerNorm(net.g.transpose(mixed, TO_LAST), `${name}.norm`, epsilon);
  const fed = mlp(net, normed, [`${name}.mlp.fc1`, `${name}.mlp.fc2`], 4 * width, 'gelu');
  const scaled = net.layerScale(fed, `${name}.gamma`, 1e-6);
  return net.g.add(net.g.transpose(scaled, TO_FIRST), x);
}

function head(net: Net, x: Node, s: ReturnType<typeof readStructure>): Node {
  if (s.head === '') return x;
  if (s.head === 'linear') return net.linear(x, 'head.proj', s.outputs, { bias: false });
  const hidden = net.g.gelu(net.linear(x, 'head.mlp.fc1', 2 * s.outputs));
  return net.linear(hidden, 'head.mlp.fc2', s.outputs, { bias: false });
}
