import { internalError } from '../common/errors.ts';
import type { Config } from './schema/index.ts';

/** Highest number in a run's name. */
export const MAX_RUN_ID = 99_999;

/**
 * A number for a new run. Not from the run's seed: two runs of one configuration must not share their name.
 * @param uniform a number in [0, 1), e.g. Math.random
 */
export function randomRunId(uniform: () => number): number {
  return 1 + Math.floor(uniform() * MAX_RUN_ID);
}

/** The generated name, e.g. `m00042_siglip-sovit400m_arcface3_openai-clip-aug_adam2e-02_cosine_linear`. */
export function runName(config: Config, id: number): string {
  if (!Number.isInteger(id) || id < 1 || id > MAX_RUN_ID) throw internalError(`run number ${id}`);
  const { MODEL, TRANSFORM, OPTIMIZER, SCHEDULER } = config;
  const { BACKBONE, HEAD } = MODEL;
  const parts = [
    `m${String(id).padStart(5, '0')}`,
    `${BACKBONE.type}-${BACKBONE.network_arch.toLowerCase()}`,
    `${HEAD.name.toLowerCase()}${HEAD.k}`,
    `${TRANSFORM.name}-aug`,
    `${OPTIMIZER.name.toLowerCase()}${oneDigit(OPTIMIZER.lr)}`,
  ];
  if (SCHEDULER.name !== null) {
    parts.push(SCHEDULER.name);
    if (SCHEDULER.warmup !== null) parts.push(SCHEDULER.warmup);
  }
  // The name becomes a folder, and network_arch is free text.
  return parts.join('_').replace(/[^\w.+-]/g, '-');
}

/** Python's `'%.0e' % x`: 0.02 is 2e-02. Ties go to the even digit, as in C. */
export function oneDigit(value: number): string {
  const [mantissa = '', exponentText = ''] = value.toExponential(0).split('e');
  const exact = value.toExponential(100);
  const isTie = /^-?\d\.50*e/.test(exact);
  const below = exact[value < 0 ? 1 : 0]!;
  // JavaScript rounds ties up; where the digit below is even, C keeps it.
  const even = isTie && Number(below) % 2 === 0;
  const digit = even ? `${value < 0 ? '-' : ''}${below}` : mantissa;
  const exponent = Number(even ? exact.split('e')[1] : exponentText);
  const digits = String(Math.abs(exponent)).padStart(2, '0');
  return `${digit}e${exponent < 0 ? '-' : '+'}${digits}`;
}
