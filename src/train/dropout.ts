import { mix32 } from '../common/rng.ts';

/**
 * Inverted dropout (Srivastava et al., JMLR 2014), in place: each value is zeroed with probability `rate`, the others
 * are divided by 1 - rate. The mask depends on seed, step and position only.
 *
 * The neck drops its input, and that input carries no gradient in a probe: so dropout is a matter of the batch, the
 * same for every engine.
 */
export function applyDropout(values: Float32Array, rate: number, seed: number, step: number): void {
  if (rate <= 0) return;
  const keep = rate >= 1 ? 0 : 1 / (1 - rate);
  const threshold = Math.floor(Math.min(rate, 1) * 0x100000000);
  const key = mix32(mix32(seed) ^ mix32(step ^ 0x6d2b79f5));
  for (let i = 0; i < values.length; i++) {
    const random = mix32(key + Math.imul(i, 0x9e3779b9));
    values[i] = random < threshold ? 0 : values[i]! * keep;
  }
}
