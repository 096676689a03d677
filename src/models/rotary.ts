import type { Node } from '../graph/ops.ts';
import { axisLength } from '../graph/shape.ts';
import type { Net } from './net.ts';

/** Constants of a rotary position embedding. */
export interface Rotary {
  /** [1 + T, 1, d]; the class token is not turned. */
  readonly cos: Node;
  readonly sin: Node;
  /** [d, d]: takes (a, b, ...) to (-b, a, ...), pair by pair. */
  readonly quarterTurn: Node;
}

interface RotaryOptions {
  /** Patches along a side. */
  readonly grid: number;
  /** Patches along a side when the model was pretrained: positions are scaled to it. */
  readonly reference: number;
  /** d */
  readonly perHead: number;
}

/**
 * Two-dimensional rotary embedding (arXiv 2104.09864 eq. 34; EVA-02, section 2.1): the first half of each head's
 * channels turns with the row, the second with the column, pair i of a half at 10000^(-i / (d/4)) a patch.
 */
export function rotaryTables(net: Net, { grid, reference, perHead }: RotaryOptions): Rotary {
  const tokens = 1 + grid * grid;
  const angle = (token: number, channel: number) => {
    const half = perHead / 2;
    const position = channel < half ? Math.floor((token - 1) / grid) : (token - 1) % grid;
    const band = Math.floor((channel % half) / 2);
    return ((position * reference) / grid) * 10000 ** (-band / (perHead / 4));
  };
  const table = (name: string, f: (x: number) => number, still: number) =>
    net.g.constant(`rotary ${name} ${grid} of ${reference}`, [tokens, 1, perHead], () =>
      Float32Array.from({ length: tokens * perHead }, (_, i) => {
        const token = Math.floor(i / perHead);
        return token === 0 ? still : f(angle(token, i % perHead));
      }),
    );
  const quarterTurn = net.g.constant(`quarter turn ${perHead}`, [perHead, perHead], () => {
    const matrix = new Float32Array(perHead * perHead);
    for (let even = 0; even < perHead; even += 2) {
      matrix[(even + 1) * perHead + even] = -1;
      matrix[even * perHead + even + 1] = 1;
    }
    return matrix;
  });
  return { cos: table('cosines', Math.cos, 1), sin: table('sines', Math.sin, 0), quarterTurn };
}

/** Turns each pair of channels by its token's angle: [N, 1 + T, heads*d] -> the same shape. */
export function rotate(net: Net, x: Node, { cos, sin, quarterTurn }: Rotary): Node {
  const [tokens, width] = [axisLength(x.shape, 1), axisLength(x.shape, 2)];
  const perHead = axisLength(quarterTurn.shape, 0);
  const apart = net.g.reshape(x, ['N', tokens, width / perHead, perHead]); // [N, 1 + T, heads, d]
  const turned = net.g.matMul(apart, quarterTurn);
  return net.g.reshape(net.g.add(net.g.mul(apart, cos), net.g.mul(turned, sin)), x.shape);
}
