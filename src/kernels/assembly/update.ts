// The optimizers, four weights at a time, with PyTorch's definitions (torch.optim.SGD, Adam, AdamW).
import { fma } from './simd';
import {
  beta2, coupledDecay, epsilon, keepFactor, momentum, optimizer, Optimizer_adam, Optimizer_sgd, rate, secondScale,
  update, Update_restoreAndStep,
} from './layout';

/**
 * One step of `bytes` (a multiple of 16) weights at `w` with the gradients at `g`. `first` and `second` are the
 * running moments; `spare` holds the weights to go back to in SAM's second pass.
 */
export function step(w: usize, first: usize, second: usize, spare: usize, g: usize, bytes: usize): void {
  if (update == Update_restoreAndStep) memory.copy(w, spare, bytes);
  if (optimizer == Optimizer_adam) adam(w, first, second, g, bytes);
  else sgd(w, first, g, bytes);
}

function sgd(w: usize, first: usize, g: usize, bytes: usize): void {
  const lr = f32x4.splat(rate), decay = f32x4.splat(coupledDecay), mu = f32x4.splat(momentum);
  const plain = optimizer == Optimizer_sgd;
  for (let i: usize = 0; i < bytes; i += 16) {
    const weight = v128.load(w + i);
    let direction = fma(decay, weight, v128.load(g + i));
    if (!plain) {
      direction = fma(mu, v128.load(first + i), direction);
      v128.store(first + i, direction);
    }
    v128.store(w + i, f32x4.sub(weight, f32x4.mul(lr, direction)));
  }
}

/** Adam (Kingma and Ba, 2015); decoupled decay (Loshchilov and Hutter, 2019) through `keepFactor`. */
function adam(w: usize, first: usize, second: usize, g: usize, bytes: usize): void {
  const lr = f32x4.splat(rate), decay = f32x4.splat(coupledDecay), keep = f32x4.splat(keepFactor);
  const b1 = f32x4.splat(momentum), b2 = f32x4.splat(beta2), one = f32x4.splat(1);
  const c1 = f32x4.sub(one, b1), c2 = f32x4.sub(one, b2);
  const scale = f32x4.splat(secondScale), eps = f32x4.splat(epsilon);
  for (let i: usize = 0; i < bytes; i += 16) {
    const weight = v128.load(w + i), gradient = fma(decay, weight, v128.load(g + i));
    const m = fma(b1, v128.load(first + i), f32x4.mul(c1, gradient));
    const v = fma(b2, v128.load(second + i), f32x4.mul(c2, f32x4.mul(gradient, gradient)));
    v128.store(first + i, m);
    v128.store(second + i, v);
    const change = f32x4.div(f32x4.mul(lr, m), fma(f32x4.sqrt(v), scale, eps));
    v128.store(w + i, f32x4.sub(f32x4.mul(weight, keep), change));
  }
}

/** Stores gradients and returns the sum of their squares. */
export function keepGradient(spare: usize, g: usize, bytes: usize): f64 {
  let a = f64x2.splat(0), b = a;
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(g + i);
    v128.store(spare + i, v);
    const low = f64x2.promote_low_f32x4(v), high = f64x2.promote_low_f32x4(v128.shuffle<u8>(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15));
    a = f64x2.add(a, f64x2.mul(low, low));
    b = f64x2.add(b, f64x2.mul(high, high));
  }
  const total = f64x2.add(a, b);
  return f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
}

/** SAM's ascent: w += factor * gradient, and `spare` remembers where w was. */
export function climbBytes(w: usize, spare: usize, bytes: usize, factor: f32): void {
  const f = f32x4.splat(factor);
  for (let i: usize = 0; i < bytes; i += 16) {
    const weight = v128.load(w + i), g = v128.load(spare + i);
    v128.store(spare + i, weight);
    v128.store(w + i, fma(f, g, weight));
  }
}
