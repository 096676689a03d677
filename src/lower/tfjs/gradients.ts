import * as tf from '@tensorflow/tfjs-core';
import { internalError } from '../../common/errors.ts';

/**
 * Derivatives of the kernels that the rules use. TensorFlow.js keeps its own ones in a module that Node cannot load
 * without a bundler (extensionless ES imports inside a CommonJS package), so the few that are needed stand here.
 */
type Gradient = Omit<tf.GradConfig, 'kernelName'>;
type Saved = readonly tf.Tensor[];

const one = (dy: tf.Tensor | tf.Tensor[]): tf.Tensor => {
  if (Array.isArray(dy)) throw internalError('a kernel with one result has one gradient');
  return dy;
};

/** Adds up what broadcasting repeated. */
function sumTo(dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes([...shape], dy.shape);
  return tf.reshape(axes.length ? tf.sum(dy, axes) : dy, [...shape]);
}

/** dy of a reduction, laid out again over the shape that was reduced. */
function spread(dy: tf.Tensor, x: tf.Tensor, attributes: tf.NamedAttrMap, factor: number): tf.Tensor {
  const axes = tf.util.parseAxisParam(attributes.axis as number | number[], x.shape);
  const kept = x.shape.map((d, axis) => (axes.includes(axis) ? 1 : d));
  return tf.mul(tf.reshape(dy, kept), tf.fill(x.shape, factor));
}

const GRADIENTS: Readonly<Record<string, Gradient>> = {
  Add: {
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]: tf.Tensor[]) => ({
      a: () => sumTo(one(dy), a!.shape),
      b: () => sumTo(one(dy), b!.shape),
    }),
  },
  Multiply: {
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]: tf.Tensor[]) => ({
      a: () => sumTo(tf.mul(one(dy), b!), a!.shape),
      b: () => sumTo(tf.mul(one(dy), a!), b!.shape),
    }),
  },
  Softmax: {
    outputsToSave: [true],
    gradFunc: (dy, [y]: tf.Tensor[]) => ({
      logits: () => {
        const product = tf.mul(one(dy), y!);
        return tf.sub(product, tf.mul(tf.sum(product, -1, true), y!));
      },
    }),
  },
  Sum: {
    inputsToSave: ['x'],
    gradFunc: (dy, [x]: tf.Tensor[], attributes) => ({ x: () => spread(one(dy), x!, attributes, 1) }),
  },
  Mean: {
    inputsToSave: ['x'],
    gradFunc: (dy, [x]: tf.Tensor[], attributes) => ({
      x: () => spread(one(dy), x!, attributes, one(dy).size / x!.size),
    }),
  },
  Identity: { gradFunc: (dy) => ({ x: () => one(dy) }) },
  Reshape: {
    inputsToSave: ['x'],
    gradFunc: (dy, [x]: tf.Tensor[]) => ({ x: () => tf.reshape(one(dy), x!.shape) }),
  },
  Transpose: {
    gradFunc: (dy, _, { perm }) => ({
      x: () => tf.transpose(one(dy), tf.backend_util.getUndoAxesPermutation(perm as number[])),
    }),
  },
  Concat: {
    saveAllInputs: true,
    gradFunc: (dy, inputs: Saved, { axis }) => {
      const along = tf.util.parseAxisParam(axis as number, inputs[0]!.shape)[0]!;
      const sizes = inputs.map((x) => x.shape[along]!);
      const parts = tf.split(one(dy), sizes, along);
      return Object.fromEntries(parts.map((part, i) => [i, () => part]));
    },
  },
  Slice: {
    inputsToSave: ['x'],
    gradFunc: (dy, [x]: tf.Tensor[], { begin, size }) => ({
      x: () => {
        const [first, count] = tf.slice_util.parseSliceParams(x!, begin as number[], size as number[]);
        const around = first!.map((b, i): [number, number] => [b, x!.shape[i]! - b - count![i]!]);
        return tf.pad(one(dy), around);
      },
    }),
  },
  PadV2: {
    inputsToSave: ['x'],
    gradFunc: (dy, [x]: tf.Tensor[], { paddings }) => ({
      x: () => {
        const before = (paddings as unknown as [number, number][]).map(([front]) => front);
        return tf.slice(one(dy), before, x!.shape);
      },
    }),
  },
  Tile: {
    inputsToSave: ['x'],
    gradFunc: (dy, [x]: tf.Tensor[], { reps }) => ({
      x: () => {
        const apart = x!.shape.flatMap((d, i) => [(reps as number[])[i]!, d]);
        const copies = x!.shape.map((_, i) => 2 * i);
        return tf.sum(tf.reshape(one(dy), apart), copies);
      },
    }),
  },
};

/** Registers what is not registered yet (the native engines bring their own). */
export function registerGradients(): void {
  for (const [kernelName, gradient] of Object.entries(GRADIENTS))
    if (!tf.getGradient(kernelName)) tf.registerGradient({ kernelName, ...gradient });
}
