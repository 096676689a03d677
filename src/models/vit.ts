import type { Graph, Node } from '../graph/ops.ts';
import { axisLength } from '../graph/shape.ts';
import { Args, type RawArgs } from './args.ts';
import { type Activation, activate, mlp, Net, type NetOptions } from './net.ts';
import { positionEmbedding, squareGrid } from './positions.ts';

/** Structure of timm's VisionTransformer, as far as SigLIP (arXiv 2303.15343) and DINOv2 (2304.07193) use it. */
function readStructure(raw: RawArgs) {
  const args = new Args(raw);
  const structure = {
    imageSize: args.side('img_size', 224),
    patch: args.side('patch_size', 16),
    width: args.count('embed_dim', 768),
    depth: args.count('depth', 12),
    heads: args.count('num_heads', 12),
    mlpRatio: args.number('mlp_ratio', 4),
    classToken: args.flag('class_token', true),
    registers: args.count('reg_tokens', 0),
    /** The class token and the registers have no position embedding. */
    barePrefix: args.flag('no_embed_class', false),
    layerScale: args.optionalNumber('init_values'),
    activation: args.oneOf<Activation>('act_layer', ['gelu', 'gelu_tanh', 'quick_gelu', 'silu'], 'gelu'),
    swiglu: args.oneOf('mlp_layer', ['mlp', 'swiglu_packed'], 'mlp') === 'swiglu_packed',
    pool: args.oneOf('global_pool', ['token', 'avg', 'map'], 'token'),
    poolNorm: args.flag('fc_norm', args.oneOf('global_pool', ['token', 'avg', 'map'], 'token') === 'avg'),
  };
  args.finish();
  const { width, heads, pool, classToken, swiglu, mlpRatio } = structure;
  args.require('num_heads', width % heads === 0, `a divisor of embed_dim, ${width}`);
  args.require('global_pool', pool !== 'token' || classToken, 'avg or map where there is no class token');
  args.require(
    'mlp_ratio',
    !swiglu || Math.floor(width * mlpRatio) % 2 === 0,
    'an even hidden width for SwiGLU',
  );
  return structure;
}
type Structure = ReturnType<typeof readStructure>;

const EPSILON = 1e-6;

/** timm's VisionTransformer without classifier: pixels -> pooled features [N, width]. */
export function buildVit(raw: RawArgs, options: NetOptions): Graph {
  const s = readStructure(raw);
  const net = new Net(options);
  let x = embed(net, s);
  for (let i = 0; i < s.depth; i++) x = block(net, x, `blocks.${i}`, s);
  if (!s.poolNorm) x = net.layerNorm(x, 'norm', EPSILON);
  let pooled = pool(net, x, s);
  if (s.poolNorm) pooled = net.layerNorm(pooled, 'fc_norm', EPSILON);
  return net.finish(pooled);
}

/** Patches with positions, class token and registers before them: [N, prefix + T, C] */
function embed(net: Net, s: Structure): Node {
  const patches = net.patches('patch_embed.proj', s.width, s.patch);
  const positions = positionEmbedding(net, 'pos_embed', {
    pretrained: squareGrid(Math.floor(s.imageSize / s.patch)),
    grid: squareGrid(axisLength(patches.shape, 2)),
    prefix: s.barePrefix ? 0 : prefixTokens(s),
    width: s.width,
  });
  const prefix: Node[] = [];
  if (s.classToken) prefix.push(net.g.expandBatch(net.parameter('cls_token', [1, 1, s.width])));
  if (s.registers) prefix.push(net.g.expandBatch(net.parameter('reg_token', [1, s.registers, s.width])));
  const tokens = net.tokens(patches); // [N, T, C]
  const join = (x: Node) => (prefix.length ? net.g.concat([...prefix, x], 1) : x);
  return s.barePrefix ? join(net.g.add(tokens, positions)) : net.g.add(join(tokens), positions);
}

const prefixTokens = (s: Structure) => (s.classToken ? 1 : 0) + s.registers;

function block(net: Net, x: Node, name: string, s: Structure): Node {
  const scaled = (y: Node, scale: string) =>
    s.layerScale === undefined ? y : net.layerScale(y, `${name}.${scale}.gamma`, s.layerScale);
  const [q, k, v] = net.thirds(
    net.linear(net.layerNorm(x, `${name}.norm1`, EPSILON), `${name}.attn.qkv`, 3 * s.width),
  );
  const attended = net.linear(net.g.attention(q, k, v, s.heads), `${name}.attn.proj`, s.width);
  const y = net.g.add(x, scaled(attended, 'ls1'));
  const fed = feedForward(net, net.layerNorm(y, `${name}.norm2`, EPSILON), `${name}.mlp`, s);
  return net.g.add(y, scaled(fed, 'ls2'));
}

function feedForward(net: Net, x: Node, name: string, s: Structure): Node {
  const hidden = Math.floor(s.width * s.mlpRatio);
  if (!s.swiglu) return mlp(net, x, [`${name}.fc1`, `${name}.fc2`], hidden, s.activation);
  // SwiGLU (arXiv 2002.05202 eq. 6) with gate and value in one matrix, the gate first.
  const both = net.linear(x, `${name}.fc1`, hidden);
  const gate = activate(net, net.g.slice(both, 2, 0, hidden / 2), s.activation);
  return net.linear(net.g.mul(gate, net.g.slice(both, 2, hidden / 2, hidden)), `${name}.fc2`, s.width);
}

function pool(net: Net, x: Node, s: Structure): Node {
  if (s.pool === 'token') return net.token(x, 0);
  const prefix = prefixTokens(s);
  const patches = prefix ? net.g.slice(x, 1, prefix, axisLength(x.shape, 1)) : x;
  return s.pool === 'map' ? attentionPool(net, patches, s) : net.g.mean(patches, 1);
}

/** Multihead attention pooling: one learnt query looks at all patches (arXiv 1810.00825, section 3.2). */
function attentionPool(net: Net, x: Node, s: Structure): Node {
  const latent = net.parameter('attn_pool.latent', [1, 1, s.width]);
  const q = net.g.expandBatch(net.linear(latent, 'attn_pool.q', s.width));
  const both = net.linear(x, 'attn_pool.kv', 2 * s.width);
  const k = net.g.slice(both, 2, 0, s.width);
  const v = net.g.slice(both, 2, s.width, 2 * s.width);
  const y = net.linear(net.g.attention(q, k, v, s.heads), 'attn_pool.proj', s.width); // [N, 1, C]
  const normed = net.layerNorm(y, 'attn_pool.norm', EPSILON);
  const hidden = Math.floor(s.width * s.mlpRatio);
  const fed = mlp(net, normed, ['attn_pool.mlp.fc1', 'attn_pool.mlp.fc2'], hidden, s.activation);
  return net.token(net.g.add(y, fed), 0);
}
