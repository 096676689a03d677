/** Where the axes stand in a configuration. */
export const AXES = 'SWEEP.keys';

/** Keys of a range and what they mean. */
export const RANGE_KEYS = {
  min: 'first value',
  max: 'last value',
  scale: '`linear` (default) or `log`: evenly spaced in the logarithm',
  steps: 'number of values, `min` and `max` included; without it a random sweep draws any value between',
} as const;
