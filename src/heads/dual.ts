import { type Algebra, DERIVATIVE_FLOOR } from './algebra.ts';

/**
 * A value with its derivative by one variable (forward-mode differentiation; Wengert, "A simple automatic derivative
 * evaluation program", CACM 1964). A head's logit depends on one cosine only, so this is all the calculus it needs.
 */
export interface Dual<T> {
  readonly value: T;
  readonly derivative: T;
}

/** What dual numbers need of the arithmetic below them, besides the heads' own operations. */
export interface DualBase<T> extends Algebra<T> {
  sin(a: T): T;
  /** d acos(a) / da = -1 / max(sqrt(1 - a^2), DERIVATIVE_FLOOR) */
  acosSlope(a: T): T;
}

/** Dual numbers over any arithmetic: plain numbers, or whole tensors at once. */
export function dualAlgebra<T>(base: DualBase<T>): Algebra<Dual<T>> {
  const zero = base.constant(0);
  return {
    constant: (value) => ({ value: base.constant(value), derivative: zero }),
    add: (a, b) => ({ value: base.add(a.value, b.value), derivative: base.add(a.derivative, b.derivative) }),
    sub: (a, b) => ({ value: base.sub(a.value, b.value), derivative: base.sub(a.derivative, b.derivative) }),
    mul: (a, b) => ({
      value: base.mul(a.value, b.value),
      derivative: base.add(base.mul(a.derivative, b.value), base.mul(a.value, b.derivative)),
    }),
    cos: (a) => ({
      value: base.cos(a.value),
      derivative: base.mul(base.sub(zero, base.sin(a.value)), a.derivative),
    }),
    acos: (a) => ({
      value: base.acos(a.value),
      derivative: base.mul(base.acosSlope(a.value), a.derivative),
    }),
    clamp: (a, low, high) => ({
      value: base.clamp(a.value, low, high),
      derivative: base.where(
        a.value,
        base.constant(high),
        zero,
        base.where(base.constant(low), a.value, zero, a.derivative),
      ),
    }),
    where: (a, greaterThan, yes, no) => ({
      value: base.where(a.value, greaterThan.value, yes.value, no.value),
      derivative: base.where(a.value, greaterThan.value, yes.derivative, no.derivative),
    }),
  };
}

/** Plain float64 numbers. */
export const numberBase: DualBase<number> = {
  constant: (value) => value,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  cos: Math.cos,
  sin: Math.sin,
  acos: (a) => Math.acos(Math.min(1, Math.max(-1, a))),
  acosSlope: (a) => -1 / Math.max(Math.sqrt(Math.max(0, 1 - a * a)), DERIVATIVE_FLOOR),
  clamp: (a, low, high) => Math.min(high, Math.max(low, a)),
  where: (a, greaterThan, yes, no) => (a > greaterThan ? yes : no),
};

/** Float64 numbers with their derivative. */
export const dualNumbers: Algebra<Dual<number>> = dualAlgebra(numberBase);
