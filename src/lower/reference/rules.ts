import { internalError } from '../../common/errors.ts';
import type { NodeOf, Rules } from '../../graph/ops.ts';
import { withBatch } from '../../graph/shape.ts';
import { erf } from './erf.ts';
import { generate, mapRows, reader, type Tensor } from './tensor.ts';

export interface Context {
  readonly batch: number;
  readonly inputs: Readonly<Record<string, Tensor>>;
  weight(name: string): Tensor;
  /** Value of a node that came before. */
  value(node: { readonly id: number }): Tensor;
}

const pointwise =
  (f: (x: number) => number) =>
  ({ inputs: [x] }: { readonly inputs: readonly [x: { readonly id: number }] }, c: Context): Tensor => {
    const { shape, data } = c.value(x);
    return { shape, data: data.map(f) };
  };

const binary =
  (f: (a: number, b: number) => number) =>
  (node: NodeOf<'add'> | NodeOf<'mul'>, c: Context): Tensor => {
    const [a, b] = node.inputs.map((x) => reader(c.value(x)));
    return generate(withBatch(node.shape, c.batch), (at) => f(a!(at), b!(at)));
  };

const softmax = (row: Float32Array): number[] => {
  const largest = row.reduce((m, x) => Math.max(m, x), Number.NEGATIVE_INFINITY);
  const powers = Array.from(row, (x) => Math.exp(x - largest));
  const total = powers.reduce((sum, p) => sum + p, 0);
  return powers.map((p) => p / total);
};

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Each kind as its definition reads, in double precision inside a node: slow, obvious, the oracle of the tests. */
export const RULES: Rules<Context, Tensor> = {
  input: (node, c) => {
    const given = c.inputs[node.attributes.name];
    if (!given) throw internalError(`input ${node.attributes.name} was not given`);
    return given;
  },
  weight: (node, c) => c.weight(node.attributes.name),
  constant: (node) => ({ shape: node.shape as readonly number[], data: node.attributes.data }),
  expandBatch: (node, c) => {
    const read = reader(c.value(node.inputs[0]));
    return generate(withBatch(node.shape, c.batch), read);
  },

  conv2d: (node, c) => {
    const [x, weight] = [c.value(node.inputs[0]), c.value(node.inputs[1])];
    const [readX, readWeight] = [reader(x), reader(weight)];
    const bias = node.inputs[2] && c.value(node.inputs[2]);
    const { stride, padding, groups } = node.attributes;
    const [outputs, perGroup, kernelHeight, kernelWidth] = weight.shape as [number, number, number, number];
    const [, , height, width] = x.shape as [number, number, number, number];
    return generate(withBatch(node.shape, c.batch), ([n, o, row, column]) => {
      let sum = bias ? bias.data[o!]! : 0;
      const firstChannel = Math.floor(o! / (outputs / groups)) * perGroup;
      for (let ky = 0; ky < kernelHeight; ky++) {
        const y = row! * stride - padding + ky;
        if (y < 0 || y >= height) continue;
        for (let kx = 0; kx < kernelWidth; kx++) {
          const x_ = column! * stride - padding + kx;
          if (x_ < 0 || x_ >= width) continue;
          for (let i = 0; i < perGroup; i++)
            sum += readX([n!, firstChannel + i, y, x_]) * readWeight([o!, i, ky, kx]);
        }
      }
      return sum;
    });
  },

  linear: (node, c) => {
    const [x, weight] = [c.value(node.inputs[0]), c.value(node.inputs[1])];
    const bias = node.inputs[2] && c.value(node.inputs[2]);
    const [outputs, width] = weight.shape as [number, number];
    const rows = x.data.length / width;
    const data = new Float32Array(rows * outputs);
    for (let r = 0; r < rows; r++)
      for (let o = 0; o < outputs; o++) {
        let sum = bias ? bias.data[o]! : 0;
        for (let i = 0; i < width; i++) sum += x.data[r * width + i]! * weight.data[o * width + i]!;
        data[r * outputs + o] = sum;
      }
    return { shape: withBatch(node.shape, c.batch), data };
  },

  matMul: (node, c) => {
    const [a, b] = [c.value(node.inputs[0]), c.value(node.inputs[1])];
    const [readA, readB] = [reader(a), reader(b)];
    const inner = a.shape.at(-1)!;
    return generate(withBatch(node.shape, c.batch), (at) => {
      const atA = [...at];
      const atB = [...at];
      let sum = 0;
      for (let i = 0; i < inner; i++) {
        atA[at.length - 1] = i;
        atB[at.length - 2] = i;
        sum += readA(atA) * readB(atB);
      }
      return sum;
    });
  },

  attention: (node, c) => {
    const [q, k, v] = node.inputs.map((x) => c.value(x!)) as [Tensor, Tensor, Tensor];
    const bias = node.inputs[3] && c.value(node.inputs[3]);
    const { heads } = node.attributes;
    const [queries, keys, width] = [q.shape.at(-2)!, k.shape.at(-2)!, q.shape.at(-1)!];
    const perHead = width / heads;
    const data = new Float32Array(q.data.length);
    const groups = q.data.length / (queries * width);
    for (let g = 0; g < groups; g++)
      for (let h = 0; h < heads; h++)
        for (let t = 0; t < queries; t++) {
          const atQ = (g * queries + t) * width + h * perHead;
          const atK = (s: number) => (g * keys + s) * width + h * perHead;
          const products = new Float32Array(keys);
          for (let s = 0; s < keys; s++) {
            let dot = 0;
            for (let i = 0; i < perHead; i++) dot += q.data[atQ + i]! * k.data[atK(s) + i]!;
            products[s] = dot / Math.sqrt(perHead);
            if (bias) products[s]! += bias.data[((g * heads + h) * queries + t) * keys + s]!;
          }
          const shares = softmax(products);
          for (let i = 0; i < perHead; i++)
            data[atQ + i] = shares.reduce((sum, share, s) => sum + share * v.data[atK(s) + i]!, 0);
        }
    return { shape: q.shape, data };
  },

  layerNorm: (node, c) => {
    const [x, weight, bias] = node.inputs.map((input) => c.value(input)) as [Tensor, Tensor, Tensor];
    return mapRows(x, (row) => {
      const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
      const deviation = Math.sqrt(variance + node.attributes.epsilon);
      return row.map((value, i) => ((value - mean) / deviation) * weight.data[i]! + bias.data[i]!);
    });
  },
  softmax: (node, c) => mapRows(c.value(node.inputs[0]), softmax),
  mean: (node, c) => {
    const x = c.value(node.inputs[0]);
    const read = reader(x);
    const { axis } = node.attributes;
    const count = x.shape[axis]!;
    return generate(withBatch(node.shape, c.batch), (at) => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += read(at.toSpliced(axis, 0, i));
      return sum / count;
    });
  },

  add: binary((a, b) => a + b),
  mul: binary((a, b) => a * b),
  scale: (node, c) => pointwise((x) => x * node.attributes.factor)(node, c),
  gelu: pointwise((x) => (x * (1 + erf(x / Math.SQRT2))) / 2),
  geluTanh: pointwise((x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))),
  quickGelu: pointwise((x) => x * sigmoid(1.702 * x)),
  silu: pointwise((x) => x * sigmoid(x)),

  reshape: (node, c) => ({ shape: withBatch(node.shape, c.batch), data: c.value(node.inputs[0]).data }),
  transpose: (node, c) => {
    const read = reader(c.value(node.inputs[0]));
    const source: number[] = [];
    return generate(withBatch(node.shape, c.batch), (at) => {
      node.attributes.axes.forEach((axis, i) => {
        source[axis] = at[i]!;
      });
      return read(source);
    });
  },
  concat: (node, c) => {
    const { axis } = node.attributes;
    const parts = node.inputs.map((x) => c.value(x));
    const reads = parts.map(reader);
    return generate(withBatch(node.shape, c.batch), (at) => {
      let place = at[axis]!;
      let part = 0;
      while (place >= parts[part]!.shape[axis]!) place -= parts[part++]!.shape[axis]!;
      return reads[part]!(at.with(axis, place));
    });
  },
  slice: (node, c) => {
    const read = reader(c.value(node.inputs[0]));
    const { axis, start } = node.attributes;
    return generate(withBatch(node.shape, c.batch), (at) => read(at.with(axis, at[axis]! + start)));
  },
  padEnd: (node, c) => {
    const x = c.value(node.inputs[0]);
    const read = reader(x);
    const { axis } = node.attributes;
    return generate(withBatch(node.shape, c.batch), (at) => (at[axis]! < x.shape[axis]! ? read(at) : 0));
  },
};
