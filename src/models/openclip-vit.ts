import type { Graph, Node } from '../graph/ops.ts';
import { axisLength } from '../graph/shape.ts';
import { Args, type RawArgs } from './args.ts';
import { type Activation, mlp, Net, type NetOptions } from './net.ts';
import { positionEmbedding, squareGrid } from './positions.ts';

/** Structure of OpenCLIP's visual transformer: CLIP (arXiv 2103.00020), MetaCLIP (2309.16671), CLIPA (2305.07017). */
function readStructure(raw: RawArgs) {
  const args = new Args(raw);
  const width = args.count('width', 768);
  const structure = {
    imageSize: args.side('image_size', 224),
    patch: args.side('patch_size', 16),
    width,
    depth: args.count('layers', 12),
    heads: Math.floor(width / args.count('head_width', 64)),
    hidden: Math.floor(width * args.number('mlp_ratio', 4)),
    outputs: args.count('embed_dim'),
    activation: (args.flag('quick_gelu', false) ? 'quick_gelu' : 'gelu') satisfies Activation,
    preNorm: !args.flag('no_ln_pre', false),
    pool: args.oneOf('pool_type', ['tok', 'avg'], 'tok'),
    normAfterPool: args.flag('final_ln_after_pool', false),
  } as const;
  args.finish();
  args.require(
    'head_width',
    width % structure.heads === 0,
    `a head width of which a whole number fills width, ${width}`,
  );
  return structure;
}
type Structure = ReturnType<typeof readStructure>;

const EPSILON = 1e-5;

/** OpenCLIP's visual tower: pixels -> [N, width], or [N, embed_dim] with its projection. */
export function buildOpenClipVit(raw: RawArgs, options: NetOptions): Graph {
  const s = readStructure(raw);
  const net = new Net(options);
  let x = embed(net, s);
  if (s.preNorm) x = net.layerNorm(x, 'ln_pre', EPSILON);
  for (let i = 0; i < s.depth; i++) x = block(net, x, `transformer.resblocks.${i}`, s);
  const normed = (y: Node) => net.layerNorm(y, 'ln_post', EPSILON);
  const pooled = s.normAfterPool ? normed(pool(net, x, s)) : pool(net, normed(x), s);
  if (!net.projection) return net.finish(pooled);
  return net.finish(net.g.matMul(pooled, net.parameter('proj', [s.width, s.outputs])));
}

function embed(net: Net, s: Structure): Node {
  const patches = net.patches('conv1', s.width, s.patch, { bias: false });
  const classToken = net.g.reshape(net.parameter('class_embedding', [s.width]), [1, 1, s.width]);
  const tokens = net.g.concat([net.g.expandBatch(classToken), net.tokens(patches)], 1);
  const positions = positionEmbedding(net, 'positional_embedding', {
    pretrained: squareGrid(Math.floor(s.imageSize / s.patch)),
    grid: squareGrid(axisLength(patches.shape, 2)),
    prefix: 1,
    width: s.width,
    leading: false,
  });
  return net.g.add(tokens, positions);
}

function block(net: Net, x: Node, name: string, s: Structure): Node {
  const normed = net.layerNorm(x, `${name}.ln_1`, EPSILON);
  const weight = net.parameter(`${name}.attn.in_proj_weight`, [3 * s.width, s.width]);
  const bias = net.parameter(`${name}.attn.in_proj_bias`, [3 * s.width], { kind: 'constant', value: 0 });
  const [q, k, v] = net.thirds(net.g.linear(normed, weight, bias));
  const attended = net.linear(net.g.attention(q, k, v, s.heads), `${name}.attn.out_proj`, s.width);
  const y = net.g.add(x, attended);
  const names = [`${name}.mlp.c_fc`, `${name}.mlp.c_proj`] as const;
  return net.g.add(y, mlp(net, net.layerNorm(y, `${name}.ln_2`, EPSILON), names, s.hidden, s.activation));
}

/** Class token, or the mean of all others: [N, 1 + T, C] -> [N, C] */
function pool(net: Net, x: Node, s: Structure): Node {
  if (s.pool === 'tok') return net.token(x, 0);
  return net.g.mean(net.g.slice(x, 1, 1, axisLength(x.shape, 1)), 1);
}
