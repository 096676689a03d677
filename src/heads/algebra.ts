/**
 * The arithmetic that the heads' formulas are written in. Each engine supplies its own: tensors that differentiate
 * themselves (TensorFlow.js), numbers with a derivative (tests, the kernel coordinator), and source code (the
 * WebAssembly kernels). One formula serves them all.
 *
 * Conventions on derivatives, the same in every algebra:
 * - `acos` and `sqrt` have finite derivatives everywhere: where the true one is infinite, its denominator is kept
 *   at or above `DERIVATIVE_FLOOR`.
 * - `clamp` passes the derivative inside the closed interval and gives zero outside (PyTorch's rule).
 * - `where` picks value and derivative of the chosen branch; the condition has no derivative.
 */
export interface Algebra<T> {
  constant(value: number): T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  cos(a: T): T;
  /** Argument in [-1, 1], result in [0, pi]. */
  acos(a: T): T;
  clamp(a: T, low: number, high: number): T;
  /** a > b ? yes : no */
  where(a: T, greaterThan: T, yes: T, no: T): T;
}

/** Smallest sqrt(1 - c^2) that a derivative is divided by: one ulp below a cosine of 1 it is about 3.5e-4. */
export const DERIVATIVE_FLOOR = 1e-4;

/** Below this length a vector has no direction: its normalised form is zero and so is its gradient. */
export const LEAST_NORM = 1e-12;
