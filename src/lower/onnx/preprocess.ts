import { DATA_TYPE } from '../../formats/onnx/model.ts';
import type { Preprocessing } from '../preprocessing.ts';
import type { OnnxWriter } from './writer.ts';

/**
 * Raw pixels `image` uint8 [N, 3, H, W] -> normalised pixels [N, 3, S, S]: antialiased bicubic resize as two products,
 * rounded and limited to 0..255, /255, normalised. In double precision until it is rounded, so that values close to a
 * half are not rounded by chance.
 * @returns name of the result
 */
export function preprocess(w: OnnxWriter, image: string, { imageSize, mean, std }: Preprocessing): string {
  const given = cast(w, image, DATA_TYPE.double);
  const across = w.node('Transpose', [resizeWeights(w, image, 3, imageSize)], { perm: { ints: [1, 0] } });
  const down = resizeWeights(w, image, 2, imageSize);
  const resized = w.node('MatMul', [down, w.node('MatMul', [given, across])]);
  const scalar = (x: number) => w.float(Float32Array.of(x), []);
  const limited = w.node('Clip', [resized, double(w, [0], []), double(w, [255], [])]);
  const square = cast(w, w.node('Round', [limited]), DATA_TYPE.float);
  const channels = (values: readonly number[]) => w.float(Float32Array.from(values), [3, 1, 1]);
  const centred = w.node('Sub', [w.node('Div', [square, scalar(255)]), channels(mean)]);
  return w.node('Div', [centred, channels(std)]);
}

/**
 * Weights [S, n] of the antialiased bicubic resize of an axis of n pixels, known at run time: Keys' kernel with
 * a = -1/2, widened by the scale when shrinking (Keys, IEEE Trans. ASSP 29(6), 1981).
 */
function resizeWeights(w: OnnxWriter, image: string, axis: number, size: number): string {
  const op = (name: string, ...inputs: readonly string[]) => w.node(name, inputs);
  const number = (value: number) => double(w, [value], [1]);
  const length = w.node('Shape', [image], { start: { int: axis }, end: { int: axis + 1 } }); // [1]
  const scale = op('Div', cast(w, length, DATA_TYPE.double), number(size));
  const stretch = op('Max', scale, number(1));
  const middles = Float64Array.from({ length: size }, (_, i) => i + 0.5);
  const centre = op('Mul', double(w, middles, [size, 1]), scale); // [S, 1]
  const place = cast(w, op('Range', int(w, 0), op('Squeeze', length), int(w, 1)), DATA_TYPE.double); // [n]
  const support = op('Mul', stretch, number(2));
  const shifted = (x: string) => op('Add', x, number(0.5));
  const first = op('Floor', op('Max', shifted(op('Sub', centre, support)), number(0)));
  const last = op('Floor', shifted(op('Add', centre, support)));
  const t = op('Abs', op('Div', shifted(op('Sub', place, centre)), stretch)); // [S, n]
  /** ((a t + b) t + c) t + d */
  const cubic = (a: number, b: number, c: number, d: number) =>
    [b, c, d].reduce((sum, term) => op('Add', op('Mul', sum, t), number(term)), number(a));
  const near = cubic(1.5, -2.5, 0, 1);
  const far = cubic(-0.5, 2.5, -4, 2);
  const kernel = op(
    'Where',
    op('Less', t, number(1)),
    near,
    op('Where', op('Less', t, number(2)), far, number(0)),
  );
  const inside = op('And', op('GreaterOrEqual', place, first), op('Less', place, last));
  const weights = op('Where', inside, kernel, number(0));
  return op('Div', weights, w.node('ReduceSum', [weights, w.ints([1])]));
}

function cast(w: OnnxWriter, x: string, type: number): string {
  return w.node('Cast', [x], { to: { int: type } });
}

function double(w: OnnxWriter, values: ArrayLike<number>, shape: readonly number[]): string {
  return w.initializer(DATA_TYPE.double, shape, Float64Array.from(values));
}

/** A scalar int64. */
function int(w: OnnxWriter, value: number): string {
  return w.initializer(DATA_TYPE.int64, [], BigInt64Array.of(BigInt(value)));
}
