import type { Graph, Node } from '../graph/ops.ts';
import { axisLength } from '../graph/shape.ts';
import { Args, type RawArgs } from './args.ts';
import { mlp, Net, type NetOptions } from './net.ts';
import { resampleGrid, squareGrid } from './positions.ts';
import { relativePositions } from './relative-positions.ts';

/** Structure of timm's VisionTransformerSAM: the image encoder of Segment Anything (arXiv 2304.02643). */
function readStructure(raw: RawArgs) {
  const args = new Args(raw);
  const structure = {
    imageSize: args.side('img_size', 1024),
    patch: args.side('patch_size', 16),
    width: args.count('embed_dim', 768),
    depth: args.count('depth', 12),
    heads: args.count('num_heads', 12),
    mlpRatio: args.number('mlp_ratio', 4),
    /** Side of the local windows, patches; 0: none. */
    window: args.count('window_size', 14),
    globalBlocks: args.counts('global_attn_indexes', []),
    absolutePositions: args.flag('use_abs_pos', true),
    relativePositions: args.flag('use_rel_pos', false),
  };
  args.count('neck_chans', 256);
  args.finish();
  const { width, heads } = structure;
  args.require('num_heads', width % heads === 0, `a divisor of embed_dim, ${width}`);
  return structure;
}
type Structure = ReturnType<typeof readStructure>;

/** timm builds it with PyTorch's own default. */
const EPSILON = 1e-5;

/** SAM's encoder without its neck, averaged over positions: pixels -> [N, width]. */
export function buildSam(raw: RawArgs, options: NetOptions): Graph {
  const s = readStructure(raw);
  const net = new Net(options);
  const patches = net.patches('patch_embed.proj', s.width, s.patch);
  const grid = axisLength(patches.shape, 2);
  const pretrained = Math.floor(s.imageSize / s.patch);
  let x: Node = net.g.transpose(patches, [0, 2, 3, 1]); // [N, grid, grid, C]
  if (s.absolutePositions) {
    const from = net.publishedShape('pos_embed')?.at(1) ?? pretrained;
    const table = net.g.reshape(net.parameter('pos_embed', [1, from, from, s.width]), [from, from, s.width]);
    x = net.g.add(x, resampleGrid(net, table, squareGrid(grid)));
  }
  for (let i = 0; i < s.depth; i++) x = block(net, x, i, pretrained, s);
  return net.finish(net.g.mean(net.g.reshape(x, ['N', grid * grid, s.width]), 1));
}

function block(net: Net, x: Node, i: number, pretrained: number, s: Structure): Node {
  const name = `blocks.${i}`;
  const grid = axisLength(x.shape, 1);
  const normed = net.layerNorm(x, `${name}.norm1`, EPSILON);
  const local = s.window > 0 && !s.globalBlocks.includes(i);
  const attended = local
    ? joinWindows(net, attention(net, windows(net, normed, s.window), name, s.window, s), grid)
    : attention(net, net.g.reshape(normed, ['N', 1, grid, grid, s.width]), name, pretrained, s);
  const y = net.g.add(x, net.g.reshape(attended, x.shape));
  const hidden = Math.floor(s.width * s.mlpRatio);
  const fed = net.layerNorm(y, `${name}.norm2`, EPSILON);
  return net.g.add(y, mlp(net, fed, [`${name}.mlp.fc1`, `${name}.mlp.fc2`], hidden, 'gelu'));
}

/** [N, grid, grid, C] -> [N, windows, side, side, C], zeros behind the right and bottom edge. */
function windows(net: Net, x: Node, side: number): Node {
  const [, grid, , width] = x.shape as readonly ['N', number, number, number];
  const count = Math.ceil(grid / side);
  const missing = count * side - grid;
  const padded = missing ? net.g.padEnd(net.g.padEnd(x, 1, missing), 2, missing) : x;
  const cut = net.g.reshape(padded, ['N', count, side, count, side, width]);
  return net.g.reshape(net.g.transpose(cut, [0, 1, 3, 2, 4, 5]), ['N', count * count, side, side, width]);
}

/** The inverse of `windows`: [N, windows, side, side, C] -> [N, grid, grid, C] */
function joinWindows(net: Net, x: Node, grid: number): Node {
  const [, all, side, , width] = x.shape as readonly ['N', number, number, number, number];
  const count = Math.sqrt(all);
  const apart = net.g.reshape(x, ['N', count, count, side, side, width]);
  const whole = net.g.reshape(net.g.transpose(apart, [0, 1, 3, 2, 4, 5]), [
    'N',
    count * side,
    count * side,
    width,
  ]);
  return count * side === grid ? whole : net.g.slice(net.g.slice(whole, 1, 0, grid), 2, 0, grid);
}

/**
 * Attention inside each window: [N, windows, side, side, C] -> the same shape.
 * @param pretrained side that the published relative positions are for
 */
function attention(net: Net, x: Node, name: string, pretrained: number, s: Structure): Node {
  const [, count, side] = x.shape as readonly ['N', number, number, number, number];
  const tokens = net.g.reshape(x, ['N', count, side * side, s.width]);
  const [q, k, v] = net.thirds(net.linear(tokens, `${name}.attn.qkv`, 3 * s.width));
  const bias = s.relativePositions
    ? relativePositions(net, q, `${name}.attn`, { side, pretrained, heads: s.heads })
    : undefined;
  const attended = net.g.attention(q, k, v, s.heads, bias);
  return net.g.reshape(net.linear(attended, `${name}.attn.proj`, s.width), x.shape);
}
