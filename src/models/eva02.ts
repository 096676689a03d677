import type { Graph, Node } from '../graph/ops.ts';
import { axisLength } from '../graph/shape.ts';
import { Args, type RawArgs } from './args.ts';
import { mlp, Net, type NetOptions } from './net.ts';
import { positionEmbedding, squareGrid } from './positions.ts';
import { type Rotary, rotaryTables, rotate } from './rotary.ts';

/** Structure of timm's Eva: EVA-02 (arXiv 2303.11331) and EVA-02-CLIP (2303.15389). */
function readStructure(raw: RawArgs) {
  const args = new Args(raw);
  const pool = args.oneOf('global_pool', ['avg', 'token'], 'avg');
  const structure = {
    imageSize: args.side('img_size', 224),
    patch: args.side('patch_size', 16),
    width: args.count('embed_dim', 768),
    depth: args.count('depth', 12),
    heads: args.count('num_heads', 12),
    mlpRatio: args.number('mlp_ratio', 4),
    fusedQkv: args.flag('qkv_fused', true),
    swiglu: args.flag('swiglu_mlp', false),
    normInMlp: args.flag('scale_mlp', false),
    normInAttention: args.flag('scale_attn_inner', false),
    postNorm: args.flag('use_post_norm', false),
    rotary: args.flag('use_rot_pos_emb', false),
    /** Grid side at which the rotary angles count single patches. */
    rotaryGrid: args.side('ref_feat_shape', 0),
    classes: args.count('num_classes', 0),
    pool,
    normAfterPool: args.flag('use_fc_norm', pool === 'avg'),
  };
  args.finish();
  const { width, heads, rotary } = structure;
  args.require('num_heads', width % heads === 0, `a divisor of embed_dim, ${width}`);
  args.require(
    'num_heads',
    !rotary || (width / heads) % 4 === 0,
    'a multiple of four channels a head to rotate',
  );
  return structure;
}
type Structure = ReturnType<typeof readStructure>;

const EPSILON = 1e-6;

/** timm's Eva: pixels -> [N, width], or [N, num_classes] with its classifier or projection. */
export function buildEva(raw: RawArgs, options: NetOptions): Graph {
  const s = readStructure(raw);
  const net = new Net(options);
  const patches = net.patches('patch_embed.proj', s.width, s.patch);
  const grid = axisLength(patches.shape, 2);
  const classToken = net.g.expandBatch(net.parameter('cls_token', [1, 1, s.width]));
  const positions = positionEmbedding(net, 'pos_embed', {
    pretrained: squareGrid(Math.floor(s.imageSize / s.patch)),
    grid: squareGrid(grid),
    prefix: 1,
    width: s.width,
  });
  let x: Node = net.g.add(net.g.concat([classToken, net.tokens(patches)], 1), positions);
  const rotary = s.rotary
    ? rotaryTables(net, { grid, reference: s.rotaryGrid || grid, perHead: s.width / s.heads })
    : undefined;
  for (let i = 0; i < s.depth; i++) x = block(net, x, `blocks.${i}`, s, rotary);
  if (!s.normAfterPool) x = net.layerNorm(x, 'norm', EPSILON);
  let pooled =
    s.pool === 'token' ? net.token(x, 0) : net.g.mean(net.g.slice(x, 1, 1, axisLength(x.shape, 1)), 1);
  if (s.normAfterPool) pooled = net.layerNorm(pooled, 'fc_norm', EPSILON);
  return net.finish(net.projection && s.classes > 0 ? net.linear(pooled, 'head', s.classes) : pooled);
}

function block(net: Net, x: Node, name: string, s: Structure, rotary: Rotary | undefined): Node {
  const norm = (y: Node, i: 1 | 2) => net.layerNorm(y, `${name}.norm${i}`, EPSILON);
  const attend = (y: Node) => attention(net, y, `${name}.attn`, s, rotary);
  const feed = (y: Node) => feedForward(net, y, `${name}.mlp`, s);
  if (s.postNorm) {
    const y = net.g.add(x, norm(attend(x), 1));
    return net.g.add(y, norm(feed(y), 2));
  }
  const y = net.g.add(x, attend(norm(x, 1)));
  return net.g.add(y, feed(norm(y, 2)));
}

function attention(net: Net, x: Node, name: string, s: Structure, rotary: Rotary | undefined): Node {
  const [q, k, v] = s.fusedQkv ? fusedQkv(net, x, name, s) : splitQkv(net, x, name, s);
  const turn = (y: Node) => (rotary ? rotate(net, y, rotary) : y);
  const attended = net.g.attention(turn(q), turn(k), v, s.heads);
  const normed = s.normInAttention ? net.layerNorm(attended, `${name}.norm`, EPSILON) : attended;
  return net.linear(normed, `${name}.proj`, s.width);
}

/** One matrix for query, key and value; the key has no bias. */
function fusedQkv(net: Net, x: Node, name: string, s: Structure): [Node, Node, Node] {
  const bias = (part: string) =>
    net.parameter(`${name}.${part}_bias`, [s.width], { kind: 'constant', value: 0 });
  const zeros = net.g.constant(`zeros ${s.width}`, [s.width], () => new Float32Array(s.width));
  const weight = net.parameter(`${name}.qkv.weight`, [3 * s.width, s.width]);
  return net.thirds(net.g.linear(x, weight, net.g.concat([bias('q'), zeros, bias('v')], 0)));
}

function splitQkv(net: Net, x: Node, name: string, s: Structure): [Node, Node, Node] {
  return [
    net.linear(x, `${name}.q_proj`, s.width),
    net.linear(x, `${name}.k_proj`, s.width, { bias: false }),
    net.linear(x, `${name}.v_proj`, s.width),
  ];
}

/** MLP, or SwiGLU (arXiv 2002.05202 eq. 6), with a norm before the last matrix where `scale_mlp` says so. */
function feedForward(net: Net, x: Node, name: string, s: Structure): Node {
  const hidden = Math.floor(s.width * s.mlpRatio);
  if (!s.swiglu && !s.normInMlp) return mlp(net, x, [`${name}.fc1`, `${name}.fc2`], hidden, 'gelu');
  const inner = s.swiglu
    ? gated(net, x, name, hidden, s.normInMlp)
    : net.g.gelu(net.linear(x, `${name}.fc1`, hidden));
  const normed = s.normInMlp ? net.layerNorm(inner, `${name}.norm`, EPSILON) : inner;
  return net.linear(normed, `${name}.fc2`, s.width);
}

/** silu(gate) * value; published as two matrices where a norm follows, else as one with the gate first. */
function gated(net: Net, x: Node, name: string, hidden: number, apart: boolean): Node {
  if (apart) {
    const gate = net.g.silu(net.linear(x, `${name}.fc1_g`, hidden));
    return net.g.mul(gate, net.linear(x, `${name}.fc1_x`, hidden));
  }
  const both = net.linear(x, `${name}.fc1`, 2 * hidden);
  return net.g.mul(net.g.silu(net.g.slice(both, 2, 0, hidden)), net.g.slice(both, 2, hidden, 2 * hidden));
}
